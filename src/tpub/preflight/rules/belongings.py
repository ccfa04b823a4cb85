"""What does not belong into a distribution: secrets, litter, leftovers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.dist.model import Kind
from tpub.preflight.archive import Defect, is_example
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule
from tpub.preflight.rules.flaws import found, naming

_LEAVE_OUT = "Leave it out of the build (`exclude` of the build backend, MANIFEST.in or .gitignore) and build anew."

_PRIVATE_FOLDERS = frozenset({".git", ".hg", ".svn", ".bzr", ".ssh", ".aws", ".gnupg"})
_PRIVATE = re.compile(
    r"\.env(?:\.(?:local|dev|development|prod|production|staging|secrets?))?|\.envrc"
    r"|\.pypirc|\.netrc|_netrc|\.git-credentials|\.htpasswd|\.pgpass|\.my\.cnf|\.s3cfg|\.dockercfg"
    r"|id_(?:rsa|dsa|ecdsa|ed25519)|.+\.(?:kdbx?|p12|pfx|ppk|keystore)"
    r"|\.(?:bash|zsh|python|psql|mysql)_history",
    re.IGNORECASE,
)
_LITTER_FOLDERS = frozenset(
    {"__MACOSX", "$RECYCLE.BIN", ".idea", ".vscode", ".vs", ".ropeproject", ".spyproject", ".settings"}
)
_LITTER = re.compile(
    r"\.DS_Store|\._.+|Thumbs\.db|ehthumbs\.db|desktop\.ini"
    r"|.+~|\..+\.sw[a-p]|\.#.+|#.+#|.+\.(?:orig|rej)|.+\.sublime-workspace"
)
_LEFTOVER_FOLDERS = frozenset(
    {
        "__pycache__",
        *(".pytest_cache", ".mypy_cache", ".ruff_cache"),
        *(".tox", ".nox", ".hypothesis", ".eggs", ".ipynb_checkpoints", ".venv"),
        *("node_modules", "htmlcov", "pip-wheel-metadata"),
    }
)
_LEFTOVERS = re.compile(r"\.coverage(?:\..+)?")
_TOP_FOLDERS = frozenset(
    {
        *("test", "tests", "testing", "doc", "docs", "example", "examples", "sample", "samples"),
        *("benchmark", "benchmarks", "scripts", "build", "dist", "src", ".github", "node_modules"),
    }
)
_TOP_FILES = (  # (not compiled where a wheel has no file at its top, as few have)
    r"(?:setup|conftest|noxfile|tasks|fabfile)\.py|(?:pyproject|poetry|pdm|uv)\.(?:toml|lock)|(?:setup|tox)\.(?:cfg|ini)"
    r"|Makefile|MANIFEST\.in|Pipfile|Pipfile\.lock|requirements.*\.txt"
    r"|(?:README|CHANGELOG|CHANGES|HISTORY|CONTRIBUTING|LICEN[CS]E|COPYING|AUTHORS|NOTICE)(?:\.(?:md|rst|txt))?"
)


@rule(
    "private-file-inside",
    hint=f"{_LEAVE_OUT} If it holds a password or token, revoke that now: what was once published stays known.",
    why="Everybody can download it, and programs look for such files in every new release.",
    severity=Severity.WARNING,
)
def no_private_file_is_inside(file: Context) -> Iterator[Problem]:
    """No file is inside that usually holds passwords, tokens or the project's whole history.

    Source: tpub; the files' own documentation (git, pip, curl, OpenSSH, ...).
    """
    private = _matching(file, _PRIVATE_FOLDERS, _PRIVATE)
    yield from naming("the archive holds what looks private", (name for name in private if not is_example(name)))


@rule(
    "private-key-inside",
    hint=f"{_LEAVE_OUT} Replace the key wherever it is used.",
    why="Everybody can download it; a published key is no key any more.",
    severity=Severity.WARNING,
)
def no_private_key_is_inside(file: Context) -> Iterator[Problem]:
    """No file outside of tests and examples holds a private key.

    Source: RFC 7468; OpenSSH's key format.
    """
    yield from found(file, Defect.PRIVATE_KEY)


@rule(
    "archive-path-outside",
    hint="Build it anew, with paths that stay below the archive's own folder.",
    why="Unpacked by a careless program, such a member lands outside the folder that was meant.",
    severity=Severity.WARNING,
)
def paths_stay_inside(file: Context) -> Iterator[Problem]:
    """No member's path is absolute or leads upwards by `..`.

    Source: the filters of PEP 706.
    """
    outside = (name for name in _names(file) if name.startswith("/") or (".." in name and ".." in name.split("/")))
    yield from naming("the archive holds paths that lead out of it", outside)


@rule(
    "litter-inside",
    hint=_LEAVE_OUT,
    why="Editors and systems leave it behind; nobody needs it.",
    severity=Severity.WARNING,
)
def no_litter_is_inside(file: Context) -> Iterator[Problem]:
    """No litter of editors and operating systems is inside.

    Source: tpub; the lists of files to ignore that Git hosts give out.
    """
    yield from naming("the archive holds litter", _matching(file, _LITTER_FOLDERS, _LITTER))


@rule(
    "build-leftovers-inside",
    hint=_LEAVE_OUT,
    why="Caches and environments hold what is right for one machine only.",
    severity=Severity.WARNING,
)
def no_leftovers_are_inside(file: Context) -> Iterator[Problem]:
    """No caches, environments or results of earlier runs are inside.

    Source: tpub; the lists of files to ignore that Git hosts give out.
    """
    yield from naming("the archive holds leftovers of builds or tests", _matching(file, _LEFTOVER_FOLDERS, _LEFTOVERS))


@rule(
    "wheel-top-level-leftovers",
    hint="Tell the build backend which packages to take (`[tool.setuptools.packages.find]` or the like); build anew.",
    why="What stands at the top of a wheel lands directly in site-packages, beside everyone else's.",
    severity=Severity.WARNING,
)
def wheel_installs_only_itself(file: Context) -> Iterator[Problem]:
    """At the top of a wheel stand no tests, documentation or files of the build.

    Source: the binary distribution format; check-wheel-contents.
    """
    if file.kind is not Kind.WHEEL:
        return
    own = file.filename.partition("-")[0].lower()
    tops = {folder.partition("/")[0] for folder in file.folders}
    folders = (f"{top}/" for top in tops if top.lower() in _TOP_FOLDERS - {own})
    files = (name for name in file.folders.get("", ()) if re.fullmatch(_TOP_FILES, name, re.IGNORECASE))
    yield from naming("the wheel installs into everyone's site-packages", [*folders, *files])


def _matching(file: Context, folders: frozenset[str], files: re.Pattern[str]) -> Iterator[str]:
    """Yield the members that lie below a folder of such a name, or are named so themselves."""
    is_any_case = bool(files.flags & re.IGNORECASE)
    for folder, names in file.folders.items():
        path = folder.lower() if is_any_case else folder
        if not folders.isdisjoint(path.split("/")):
            yield from (f"{folder}/{name}" for name in names)
        else:
            yield from (f"{folder}/{name}" if folder else name for name in names if files.fullmatch(name))


def _names(file: Context) -> Iterator[str]:
    return (member.name for member in file.archive.members) if file.archive else iter(())


RULES = (
    no_private_file_is_inside,
    no_private_key_is_inside,
    paths_stay_inside,
    no_litter_is_inside,
    no_leftovers_are_inside,
    wheel_installs_only_itself,
)
