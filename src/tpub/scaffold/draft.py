"""What `tpub init` would write, decided before anything is: the files, and what is left to say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tpub.diagnostic import Diagnostic, Severity
from tpub.doctor.mend import Mend
from tpub.identity.publisher import Publisher
from tpub.index.model import TESTPYPI, Index
from tpub.workflow.writing.backend import Build, Wheels

MARK = "# Written by `tpub init`"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written.

    `environment` is that of the publishing job, empty for none; `testpypi` asks for a publication there first;
    `account` is the service account that publishes from Google's cloud; `declared` is whom the index was told to trust.
    """

    index: Index
    environment: str
    testpypi: bool = False
    account: str = ""
    declared: Publisher | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The files as they are and as they would be, and what is to be said of them."""

    mends: tuple[Mend, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A publishing job: to which index, under which name, in which environment, after which jobs."""

    index: Index
    job: str
    environment: str
    after: tuple[str, ...]


def stations(wish: Wish, job: str, after: str) -> Iterator[Station]:
    """Yield the publishing jobs in their order; `job` is the last one's name, `after` the job that they wait for."""
    before = [after]
    if wish.testpypi and wish.index is not TESTPYPI:
        yield Station(TESTPYPI, "publish-testpypi", TESTPYPI.name if wish.environment else "", (after,))
        before.append("publish-testpypi")
    yield Station(wish.index, job, wish.environment, tuple(before))


def change(root: Path, path: str, after: str) -> tuple[Mend, ...]:
    """Return what becomes of one file; nothing if it is like that already."""
    before = text_of(root, path)
    return (Mend(path, before, after),) if before != after else ()


def text_of(root: Path, path: str) -> str:
    """Return the text of a file of the checkout; empty if there is none."""
    file = root / path
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""


def is_ours(root: Path, path: str) -> bool:
    """Tell whether the file was written by `tpub init`, whatever was changed since."""
    return text_of(root, path).startswith(MARK)


def is_free(root: Path, path: str) -> bool:
    """Tell whether there is no such file, or one of ours."""
    return not (root / path).exists() or is_ours(root, path)


def left_to_add(path: str, build: Build, *, has_wheels: bool) -> Iterator[Diagnostic]:
    """Yield what the written file does not build, as far as that is known."""
    if build.wheels is Wheels.UNKNOWN:
        yield Diagnostic(
            "build-backend-unknown",
            f"whether {build.backend} makes one wheel for every platform is not known here, and {path} builds one",
            "Build wheels for each platform with cibuildwheel, if it compiles anything.",
            severity=Severity.WARNING,
        )
    elif build.wheels is not Wheels.ONE and not has_wheels:
        yield Diagnostic(
            "wheels-left-out",
            f"{path} builds the sdist alone: {build.backend} makes a wheel for each platform here, and that takes "
            "machines of each",
            "Add jobs that run cibuildwheel (https://cibuildwheel.pypa.io/en/stable/ci-services/) and hand their "
            "wheels over in dist/, or publish from GitHub.",
            severity=Severity.WARNING,
        )


def publishes_already(job: str, path: str) -> Diagnostic:
    """Return the news of a job that publishes beside the one that is written."""
    return Diagnostic(
        "publishing-job-left",
        f"{job} publishes already, and with {path} the same files would be sent twice",
        f"Take it out once {path} has published.",
        severity=Severity.WARNING,
    )
