"""Where a setting's value comes from: the command line before the environment before the files before the default.

One mechanism serves every option: `--trust-config` is `TPUB_TRUST_CONFIG` in the environment. Below tpub's own
variables come those by which twine and uv take the same, as `tpub.config.switching` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from tpub.config.switching import VARIABLES, Theirs, is_true
from tpub.diagnostic import Setting
from tpub.errors import ConfigError

_NOTHING: Mapping[str, Theirs] = MappingProxyType({})


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A value as it was written, and where: never shown as a whole, for it may be a secret."""

    value: str
    source: str
    is_default: bool = False


def variable(option: str) -> str:
    """Return the variable that stands for an option: `TPUB_TRUST_CONFIG` for `trust-config`."""
    return f"TPUB_{option.upper().replace('-', '_')}"


class Lookup:
    """Looks for values in the environment, and among the options of other tools that stood on the command line."""

    def __init__(self, env: Mapping[str, str], theirs: Mapping[str, Theirs] = _NOTHING) -> None:
        self.env, self.theirs = env, theirs

    def first(self, option: str, given: str | None = None) -> Found | None:
        """Return the value that counts, another tool's variables last; `given` stood on the command line."""
        return self.own(option, given) or self.foreign(option)

    def own(self, option: str, given: str | None = None) -> Found | None:
        """Return what the command line or a variable of tpub's says; raises `ConfigError` if it says it twice.

        A variable that is empty is one that is not set: CI systems leave such. What surrounds a value is no part
        of it: a secret pasted with a line break at its end is the commonest broken secret.
        """
        theirs = self.theirs.get(option)
        if given is not None and theirs is not None:
            raise ConfigError(
                "option-given-twice",
                f"`--{option}` and `{theirs.source}` say the same thing, and both are given",
                hint=f"Leave out `{theirs.source}`.",
            )
        if given is not None:
            return Found(given.strip(), f"--{option}")
        if theirs is not None:
            return Found(theirs.value.strip(), theirs.source)
        value = self.env.get(variable(option), "").strip()
        return Found(value, f"${variable(option)}") if value else None

    def foreign(self, option: str, tool: str = "") -> Found | None:
        """Return what another tool's variables say of the option; those of `tool` alone, if one is named."""
        for each in VARIABLES:
            if each.option == option and tool in ("", each.tool) and (value := self.env.get(each.name, "").strip()):
                meant = each.meaning(value)
                if meant is not None:
                    return Found(meant, f"${each.name}")
        return None

    def word(self, option: str, given: StrEnum | None, default: StrEnum) -> Found:
        """Return a setting that is one of a few words, those of `default`'s kind; raises `ConfigError` for another."""
        found = self.first(option, given)
        if found is None:
            return Found(default, "default", is_default=True)
        if found.value not in list(type(default)):
            raise _invalid(option, found, f"can be {', '.join(type(default))}", f"Set it to `{default}`")
        return found

    def number(self, option: str, given: float | None, least: float, most: float = float("inf")) -> float | None:
        """Return a number between two others, None if nobody set it; raises `ConfigError` for a variable that is none.

        What was `given` has been looked at before.
        """
        if given is not None and given == given:  # noqa: PLR0124  (`nan`, which is no number, is not)
            return given
        found = self.first(option, None if given is None else f"{given}")
        if found is None:
            return None
        try:
            number = float(found.value)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            limit = f"is a number from {least:g} to {most:g}" if most != float("inf") else f"is a number from {least:g}"
            raise _invalid(option, found, limit, "Set it to such a number")
        return number

    def whole(self, option: str, given: int | None, most: int) -> int | None:
        """Return a whole number from 1 to `most`, None if nobody set it; raises `ConfigError` as `number` does."""
        number = self.number(option, given, 1, most)
        if number is not None and number != int(number):
            found = Found(f"{number:g}", f"${variable(option)}")
            raise _invalid(option, found, f"is a whole number from 1 to {most}", "Set it to such a number")
        return None if number is None else int(number)

    def switch(self, option: str, *, given: bool) -> bool:
        """Tell whether something is switched on; `given` is what the command line says."""
        found = None if given else self.first(option)
        return given or (found is not None and is_true(found.value))

    def listed(self, option: str, given: Sequence[str]) -> tuple[str, ...]:
        """Return words: those of the command line and, of the environment, what commas or blanks stand between."""
        found = self.first(option)
        return (*given, *(found.value.replace(",", " ").split() if found else ()))


def _invalid(option: str, found: Found, can: str, mend: str) -> ConfigError:
    return ConfigError(
        "setting-invalid",
        f"{found.source} is {found.value!r}, and {can}",
        Setting(option, found.value, found.source),
        hint=f"{mend}, or leave it out.",
    )
