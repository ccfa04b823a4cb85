"""Jobs of GitHub Actions that build and publish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tpub.workflow.values import scalar
from tpub.workflow.writing.backend import Build, Wheels
from tpub.workflow.writing.render import rendered

_RULES = "# If it has deployment rules, they must let tags through."
_IDENTITY = "id-token: write # the identity that the index trusts; nothing else is needed, not even a clone"
_ONE = "name: dist"
_SEVERAL = "pattern: dist-*\nmerge-multiple: true"


@dataclass(frozen=True, slots=True)
class Built:
    """The jobs that build, as text: all their names, the last one's too, and how a download asks for what they made."""

    text: str
    jobs: tuple[str, ...]
    artifacts: str

    @property
    def last(self) -> str:
        """Return the job to wait for."""
        return self.jobs[-1]


def building(path: str, build: Build, condition: str = "") -> Built:
    """Return the jobs that build the project in the workflow file `path`.

    `condition` are lines of keys for those that wait for none of the others.
    """
    native = build.wheels in (Wheels.CIBUILDWHEEL, Wheels.MATURIN)
    values = {
        "path": path,
        "artifacts": _SEVERAL if native else _ONE,
        "history": "fetch-depth: 0 # the tags tell the version" if build.has_history else "",
        "condition": condition,
    }
    if not native:
        return Built(rendered("github/build", values), ("build",), _ONE)
    how = "maturin" if build.wheels is Wheels.MATURIN else "cibuildwheel"
    text = rendered(f"github/{how}", values) + rendered("github/rehearse", values)
    return Built(text, ("sdist", "wheels", "rehearse"), _SEVERAL)


def keys(environment: str, *, is_granted: bool = False) -> str:
    """Return how the publishing job runs: in which environment, and with the identity if it is not `is_granted` yet."""
    values = {
        "environment": f"{_RULES}\nenvironment:\n  name: {scalar(environment)}" if environment else "",
        "permissions": "" if is_granted else f"permissions:\n  {_IDENTITY}",
    }
    return rendered("github/keys", values)


def publishing(artifacts: Iterable[str], index: str) -> str:
    """Return the steps that take over artifacts and publish them to the index of that name."""
    downloads = (rendered("github/takeover", {"artifacts": each}) for each in artifacts)
    return "".join((*downloads, rendered("github/upload", {"index": index})))
