"""Build tpub, rehearse its release as GitHub and as GitLab, and get the same bytes back with pip.

Needs no network: the index is the one inside tpub, the backend is in the environment that runs this.
"""

from __future__ import annotations

import hashlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLATFORMS = ("github", "gitlab")
PATIENCE = 60.0  # seconds
PIP = [
    *("-m", "pip", "--isolated", "--disable-pip-version-check", "download", "--quiet"),
    *("--no-deps", "--no-build-isolation", "--no-cache-dir"),
]


def main() -> int:
    """Run the demo; return 0 if everything came back as it was sent."""
    with tempfile.TemporaryDirectory(prefix="tpub-demo-") as name:
        folder = Path(name)
        files = build(folder / "dist")
        same = [rehearse(platform, files, folder / platform) for platform in PLATFORMS]
    say("done" if all(same) else "FAILED", "what pip brought back is what was built" if all(same) else "bytes differ")
    return 0 if all(same) else 1


def build(folder: Path) -> list[Path]:
    """Build the wheel and the sdist of this project."""
    say("build", "the wheel and the sdist of tpub itself")
    run("-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT), quiet=True)
    files = sorted(folder.iterdir())
    say("check", "what the index would say of them")
    run("-m", "tpub", "check", *map(str, files))
    return files


def rehearse(platform: str, files: list[Path], target: Path) -> bool:
    """Publish `files` as a job of `platform`, download them with pip, and tell whether the bytes are the same."""
    say("rehearse", f"the release as a job on {platform}, into an index that is really there")
    port = free_port()
    words = [sys.executable, "-m", "tpub", "rehearse", "--as", platform, "--serve", "--port", str(port)]
    pages = f"http://127.0.0.1:{port}/simple/"
    with subprocess.Popen([*words, *map(str, files)]) as index:  # noqa: S603
        try:
            wait_for(f"{pages}tpub/", [file.name for file in files], index)
            say("download", f"pip download --index-url {pages} tpub")
            for kind in ("--only-binary", "--no-binary"):
                run(*PIP, "--index-url", pages, "--dest", str(target), kind, ":all:", "tpub")
        finally:
            index.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
    return digests(target) == digests(files[0].parent)


def wait_for(url: str, names: list[str], process: subprocess.Popen[bytes]) -> None:
    """Wait until the page at `url` lists `names`."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310  (loopback)
                text = page.read().decode()
            if all(name in text for name in names):
                time.sleep(0.5)  # its report comes first
                return
        except urllib.error.URLError:
            pass
        time.sleep(0.1)
    sys.exit("the rehearsal did not come to its end")


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in `folder` by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def run(*words: str, quiet: bool = False) -> None:
    """Run a module of this environment's Python; end the demo if it fails."""
    sys.stdout.flush()
    done = subprocess.run([sys.executable, *words], check=False, capture_output=quiet, text=True)  # noqa: S603
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed\n{done.stdout or ''}{done.stderr or ''}")


def say(step: str, text: str) -> None:
    """Print what comes next."""
    width = shutil.get_terminal_size().columns
    print(f"\n== {step}: {text}"[: max(width, 60)], flush=True)


if __name__ == "__main__":
    sys.exit(main())
