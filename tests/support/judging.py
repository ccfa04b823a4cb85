"""The rules on what is inside a distribution, applied to bytes."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from support.hostile import SDIST_NAME, WHEEL_NAME
from tpub.diagnostic import Diagnostic
from tpub.preflight.context import Context
from tpub.preflight.rule import Rule
from tpub.preflight.rules import (
    archive_framing,
    archive_tar,
    archive_zip,
    belongings,
    obfuscation,
    sdist,
    wheel,
    wheel_record,
)

RULES: tuple[Rule, ...] = tuple(
    chain(
        archive_zip.OPENING,
        archive_tar.OPENING,
        wheel.IN_THE_ARCHIVE,
        sdist.IN_THE_ARCHIVE,
        archive_zip.CONTENT,
        obfuscation.RULES,
        archive_framing.RULES,
        wheel.AFTERWARDS,
        sdist.AFTERWARDS,
        archive_zip.BEYOND,
        archive_tar.BEYOND,
        sdist.BEYOND,
        wheel_record.RULES,
        belongings.RULES,
    )
)


def judge(path: Path) -> list[Diagnostic]:
    """Return what the rules on archives say of a file."""
    file = Context(path)
    return [rule.diagnostic(problem, path.name) for rule in RULES for problem in rule.check(file)]


def judge_wheel(content: bytes, folder: Path) -> list[Diagnostic]:
    """Return what the rules on archives say of these bytes as a wheel."""
    return judge(_write(content, folder / WHEEL_NAME))


def judge_sdist(content: bytes, folder: Path) -> list[Diagnostic]:
    """Return what the rules on archives say of these bytes as an sdist."""
    return judge(_write(content, folder / SDIST_NAME))


def codes(told: list[Diagnostic]) -> list[str]:
    return [diagnostic.code for diagnostic in told]


def _write(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path
