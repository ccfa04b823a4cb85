"""Google Cloud Build: the builds of a checkout, and which of their steps publish.

Source: https://docs.cloud.google.com/build/docs/build-config-file-schema.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tpub.identity.google import SERVICE_ACCOUNT
from tpub.workflow.command import commands
from tpub.workflow.document import Document, read
from tpub.workflow.locate import Place, top
from tpub.workflow.publish import Publish, in_script

CONFIG = "cloudbuild.yaml"
_PATTERNS = ("cloudbuild*.yaml", "cloudbuild*.yml")


@dataclass(frozen=True, slots=True)
class Step:
    """A step that publishes; `account` is the service account in whose name, empty if the file does not tell."""

    path: str
    name: str
    account: str
    publish: Publish


def load(root: Path) -> tuple[Step, ...]:
    """Return the publishing steps of the builds that the checkout at `root` configures."""
    paths = sorted({path.name for pattern in _PATTERNS for path in root.glob(pattern) if path.is_file()})
    return tuple(step for path in paths for step in steps(root, path))


def steps(root: Path, path: str) -> Iterator[Step]:
    """Yield the publishing steps of one file; nothing if it cannot be read."""
    document = read(root, path)
    if not isinstance(document, Document):
        return
    here = top(document)
    below = here.get("steps")
    for number, place in enumerate(below.items if below is not None else ()):
        own = place.get("id")
        for found in _published(place):
            yield Step(path, own.text if own is not None else f"steps[{number}]", _account(here, place), found)


def _published(step: Place) -> Iterator[Publish]:
    """Yield what a step publishes: its script, or what its entry point is given."""
    script, args = step.get("script"), step.get("args")
    if script is not None:
        yield from in_script(script, ())
    elif args is not None:
        entry = step.get("entrypoint")
        words = [*(entry.texts if entry is not None else ()), *args.texts]
        yield from in_script(args, (), tuple(commands(shlex.join(words))))


def _account(build: Place, step: Place) -> str:
    """Return whom a step impersonates, else as whom the build runs; empty if a substitution decides."""
    account = build.get("serviceAccount")
    found = account.text.rpartition("/")[2] if account is not None else ""
    for variables in (build.get("options", "env"), step.get("env")):
        for name, _, value in (text.partition("=") for text in (variables.texts if variables is not None else ())):
            found = value if name == SERVICE_ACCOUNT else found
    return "" if "$" in found else found
