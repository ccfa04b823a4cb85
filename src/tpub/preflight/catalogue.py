"""Every rule, in the order in which the index would trip over them.

Source: warehouse.forklift.legacy, `file_upload`, read from top to bottom.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain

from tpub.errors import ConfigError
from tpub.preflight.rule import AnyRule
from tpub.preflight.rules import filenames


@dataclass(frozen=True, slots=True)
class Stage:
    """Rules that the index applies together; `is_by_field`: what it says first is decided by the field."""

    name: str
    rules: tuple[AnyRule, ...]
    is_by_field: bool = False


STAGES = (Stage("file name", filenames.RULES),)

RULES: tuple[AnyRule, ...] = tuple(chain.from_iterable(stage.rules for stage in STAGES))


def find(code: str) -> AnyRule:
    """Return the rule of that code; raises `ConfigError` with the code that was probably meant."""
    for rule in RULES:
        if rule.code == code:
            return rule
    near = get_close_matches(code, [rule.code for rule in RULES], n=1)
    raise ConfigError(
        "rule-unknown",
        f"there is no rule {code!r}",
        hint=f"Use `{near[0]}`." if near else "See `tpub explain` for the codes of all rules.",
    )


def known(codes: Collection[str]) -> frozenset[str]:
    """Return `codes`, each of which is that of a rule; raises `ConfigError` like `find`."""
    return frozenset(find(code).code for code in codes)
