"""Code that nobody can read."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.dist.model import Kind
from tpub.preflight.archive import Defect
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule
from tpub.preflight.rules.flaws import found

_HINT = "Publish the source code; PyPI's acceptable use policy allows no encrypted code."
_WHY = "What cannot be read cannot be checked for malware. Only .py and .pye files up to 5 MiB are looked at."


@rule("wheel-obfuscated-code", hint=_HINT, why=_WHY, is_pypi_only=True)
def wheel_can_be_read(file: Context) -> Iterator[Problem]:
    """No Python file of a wheel was encrypted by PyArmor or SourceDefender.

    Source: warehouse.utils.scanner and its rules.
    """
    if file.kind is Kind.WHEEL:
        yield from found(file, Defect.OBFUSCATED)


@rule("sdist-obfuscated-code", hint=_HINT, why=_WHY, is_pypi_only=True)
def sdist_can_be_read(file: Context) -> Iterator[Problem]:
    """No Python file of an sdist was encrypted by PyArmor or SourceDefender.

    Source: warehouse.utils.scanner and its rules.
    """
    if file.kind is Kind.SDIST:
        yield from found(file, Defect.OBFUSCATED)


RULES = (wheel_can_be_read, sdist_can_be_read)
