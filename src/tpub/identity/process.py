"""The programs by which some CI systems hand out identity tokens."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from tpub.diagnostic import Variable
from tpub.errors import IdentityError
from tpub.secret import Secret

_LONGEST = 60.0  # seconds; the programs ask a server nearby and need one or two
_MENTIONED = 200  # characters of a program's complaint
_TOKEN = re.compile(r"eyJ[\w-]*(\.[\w-]*)*")  # how every JSON object begins in Base64


def ask(command: Sequence[str], env: Mapping[str, str], *, longest: float = _LONGEST) -> Secret:
    """Return what `command` prints: an identity token. The command line itself is no secret: all users see it.

    Raises `IdentityError` if the program is not on the PATH of `env`, fails, prints nothing, or takes more than
    `longest` seconds.
    """
    name = command[0]
    program = shutil.which(name, path=env.get("PATH", ""))
    if program is None:
        raise IdentityError(
            "ci-program-missing",
            f"`{name}`, by which this CI hands out identity tokens, is not on the PATH",
            Variable.of(env, "PATH"),
            hint=f"Run the job where `{name}` is installed: in containers, mount it or install it.",
        )
    status, out, err = _run([program, *command[1:]], env, longest)
    if status is None:
        raise _failed(command, f"did not end within {longest:g} s")
    if status != 0:
        raise _failed(command, f"failed with status {status}{_complaint(err)}")
    if not out:
        raise _failed(command, "printed nothing")
    return Secret(out)


def _run(command: Sequence[str], env: Mapping[str, str], longest: float) -> tuple[int | None, str, str]:
    """Return status, output and complaint; no status if it had to be ended."""
    try:
        with subprocess.Popen(  # noqa: S603  (no shell, and what varies is the audience alone)
            command, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            try:
                out, err = process.communicate(timeout=longest)
            except subprocess.TimeoutExpired:
                process.kill()
                return None, "", ""
    except OSError as exc:
        return exc.errno or 1, "", exc.strerror or ""
    return process.returncode, out.decode("utf-8", "replace").strip(), err.decode("utf-8", "replace").strip()


def _complaint(err: str) -> str:
    """Return the last line of a program's complaint, without anything that may be a token."""
    last = err.splitlines()[-1] if err else ""
    return f": {_TOKEN.sub('***', last)[:_MENTIONED]}" if last else ""


def _failed(command: Sequence[str], how: str) -> IdentityError:
    return IdentityError(
        "ci-program-failed",
        f"`{' '.join(command[:3])}`, by which this CI hands out identity tokens, {how}",
        hint=f"Run `{command[0]} --version` in the job: an agent that is too old knows no identity tokens.",
    )
