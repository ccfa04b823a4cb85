"""What a shell offers for an option's value or an argument; a shell that asks is told nothing else."""

from __future__ import annotations

from contextlib import suppress

import typer

from tpub.cli.app import App
from tpub.errors import TpubError


def codes(incomplete: str) -> list[str]:
    """Return the codes that begin so: of rules, of diagnoses, of other messages."""
    from tpub.pages import pages

    return [page.code for page in pages() if page.code.startswith(incomplete)]


def rule_codes(incomplete: str) -> list[str]:
    """Return the codes of rules that begin so."""
    from tpub.preflight.catalogue import RULES

    return [rule.code for rule in RULES if rule.code.startswith(incomplete)]


def indexes(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of indexes that begin so, those of `[tool.tpub.indexes]` too."""
    from tpub.config.pyproject import read
    from tpub.index.model import KNOWN

    names = [index.name for index in KNOWN]
    with suppress(TpubError):  # what is wrong with the file is told when a command is run
        names += read(ctx.ensure_object(App).folder).indexes
    return [name for name in names if name.startswith(incomplete)]


def providers(incomplete: str) -> list[str]:
    """Return the names of providers that begin so."""
    from tpub.identity.detect import NAMES

    return [name for name in NAMES if name.startswith(incomplete)]


def faults(incomplete: str) -> list[str]:
    """Return the names of faults that begin so."""
    from tpub.rehearsal.faults import NAMED

    return [name for name in NAMED if name.startswith(incomplete)]
