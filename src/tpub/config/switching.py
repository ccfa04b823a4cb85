"""What twine and uv call the things that tpub knows under names of its own, for those who come from there.

The rule: a variable of theirs counts where neither the command line nor a `TPUB_` variable says anything, and before
every file. Their credentials are used for the index that the same tool's variables name. Where those name none, they
are used for PyPI as the default, and for the index that the command line or `TPUB_INDEX` names; never for one that a
file names: whoever set the variable did not have that index in mind.

An option of theirs is taken where it means something here, passed over in silence where tpub does that anyway, and
passed over with a warning where it can have no effect. Sources: twine 7 (`twine/settings.py`), uv 0.13
(`uv publish --help`, https://docs.astral.sh/uv/reference/environment/). `docs/coming-from.md` is made of these tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from tpub.config.modes import Attestations

if TYPE_CHECKING:  # the names are read for `--help`, which has nothing bad to tell
    from tpub.diagnostic import Diagnostic

TWINE, UV = "twine", "uv"
_FALSE = frozenset({"", "0", "false", "no", "off", "n", "f"})
_AS_IT_IS: Mapping[str, str] = MappingProxyType({})


def is_true(value: str) -> bool:
    """Tell whether a variable switches something on, as twine and uv read it."""
    return value.strip().lower() not in _FALSE


class Fate(StrEnum):
    """What becomes of a name of theirs."""

    SAME = "same"
    """It is tpub's own name, too."""
    TAKEN = "taken"
    """It means what tpub calls otherwise."""
    NEEDLESS = "needless"
    """tpub does that anyway."""
    IGNORED = "ignored"
    """It has no effect, and that is told."""


class ForeignVariable(NamedTuple):
    """A variable of another tool; `option` is tpub's that it stands for, `words` how its values are written here."""

    tool: str
    name: str
    option: str
    instead: str
    words: Mapping[str, str] = _AS_IT_IS
    switched: str = ""
    """What it means if it is switched on, of one that is a switch."""

    def meaning(self, value: str) -> str | None:
        """Return what a value of it is here; None if it says nothing."""
        if self.switched:
            return self.switched if is_true(value) else None
        return self.words.get(value, value)


class ForeignOption(NamedTuple):
    """An option of another tool; `option` is tpub's that it stands for, empty if there is none.

    `metavar` is empty of a switch, whose meaning here is `switched`; `instead` is what to write here, or why nothing.
    """

    tool: str
    names: tuple[str, ...]
    metavar: str
    option: str
    instead: str
    fate: Fate = Fate.TAKEN
    switched: str = "true"


@dataclass(frozen=True, slots=True, repr=False)
class Theirs:
    """What an option of theirs said on this command line; its value may be a secret."""

    value: str
    source: str


_NO_PGP = "PyPI takes no PGP signatures since 2023; `--attestations always` proves where files come from"
_AUTOMATIC = MappingProxyType({"automatic": "auto"})

# Where both tools' variables say something of one thing, the one that stands first counts.
VARIABLES = (
    ForeignVariable(TWINE, "TWINE_REPOSITORY_URL", "index", "`TPUB_INDEX=URL`"),
    ForeignVariable(TWINE, "TWINE_REPOSITORY", "index", "`TPUB_INDEX=NAME`"),
    ForeignVariable(TWINE, "TWINE_USERNAME", "username", "`TPUB_USERNAME`; nothing for an API token"),
    ForeignVariable(TWINE, "TWINE_PASSWORD", "password", "`TPUB_TOKEN`, or `TPUB_PASSWORD`"),
    ForeignVariable(TWINE, "TWINE_CERT", "cert", "`TPUB_CERT`, or `SSL_CERT_FILE`"),
    ForeignVariable(TWINE, "TWINE_NON_INTERACTIVE", "non-interactive", "`TPUB_NON_INTERACTIVE=1`", switched="true"),
    ForeignVariable(UV, "UV_PUBLISH_URL", "index", "`TPUB_INDEX=URL`"),
    ForeignVariable(UV, "UV_PUBLISH_INDEX", "index", "`TPUB_INDEX=NAME`"),
    ForeignVariable(UV, "SSL_CLIENT_CERT", "client-cert", "`TPUB_CLIENT_CERT`"),
    ForeignVariable(UV, "UV_PUBLISH_CHECK_URL", "simple-url", "`simple-url` in `[tool.tpub.indexes.NAME]`"),
    ForeignVariable(UV, "UV_PUBLISH_TOKEN", "token", "`TPUB_TOKEN`"),
    ForeignVariable(UV, "UV_PUBLISH_USERNAME", "username", "`TPUB_USERNAME`"),
    ForeignVariable(UV, "UV_PUBLISH_PASSWORD", "password", "`TPUB_PASSWORD`"),
    ForeignVariable(
        UV,
        "UV_TRUSTED_PUBLISHING",
        "trusted-publishing",
        "`TPUB_TRUSTED_PUBLISHING=auto`, `always` or `never`",
        _AUTOMATIC,
    ),
    ForeignVariable(UV, "UV_PUBLISH_NO_ATTESTATIONS", "attestations", "`TPUB_ATTESTATIONS=never`", switched="never"),
)
SECRETS = tuple(each.name for each in VARIABLES if each.option in ("token", "password"))
"""The variables that hold a credential."""

# What their users set, and what has no effect here.
NEEDLESS_VARIABLES = (
    ForeignVariable(
        TWINE, "TWINE_SKIP_EXISTING_NON_PYPI", "", "what is there, byte for byte, is skipped on every index"
    ),
)

OPTIONS = (
    ForeignOption(TWINE, ("--username",), "TEXT", "username", "`--username TEXT`", Fate.SAME),
    ForeignOption(TWINE, ("--password",), "TEXT", "password", "`--password TEXT`; better `TPUB_TOKEN`", Fate.SAME),
    ForeignOption(TWINE, ("--config-file",), "FILE", "config-file", "`--config-file FILE`", Fate.SAME),
    ForeignOption(TWINE, ("--cert",), "FILE", "cert", "`--cert FILE`", Fate.SAME),
    ForeignOption(TWINE, ("--client-cert",), "FILE", "client-cert", "`--client-cert FILE`", Fate.SAME),
    ForeignOption(TWINE, ("--verbose",), "", "verbose", "`--verbose`: where each setting comes from", Fate.SAME),
    ForeignOption(
        TWINE, ("--attestations",), "", "attestations", "`--attestations always`; without, what is there is sent"
    ),
    ForeignOption(TWINE, ("-r", "--repository"), "NAME", "index", "`--index NAME`"),
    ForeignOption(TWINE, ("--repository-url",), "URL", "index", "`--index URL`"),
    ForeignOption(TWINE, ("-u",), "TEXT", "username", "`--username TEXT`"),
    ForeignOption(TWINE, ("-p",), "TEXT", "password", "`--password TEXT`; better `TPUB_TOKEN` or `TPUB_PASSWORD`"),
    ForeignOption(TWINE, ("--non-interactive",), "", "non-interactive", "`TPUB_NON_INTERACTIVE=1`"),
    ForeignOption(TWINE, ("--disable-progress-bar",), "", "quiet", "`--quiet`"),
    ForeignOption(
        TWINE,
        ("--skip-existing", "--skip-existing-non-pypi"),
        "",
        "",
        "files that are there, byte for byte, are always skipped; others of the same name are an error",
        Fate.NEEDLESS,
    ),
    ForeignOption(
        TWINE,
        ("-s", "--sign"),
        "",
        "",
        _NO_PGP,
        Fate.IGNORED,
    ),
    ForeignOption(TWINE, ("--sign-with",), "TEXT", "", _NO_PGP, Fate.IGNORED),
    ForeignOption(TWINE, ("-i", "--identity"), "TEXT", "", _NO_PGP, Fate.IGNORED),
    ForeignOption(TWINE, ("-c", "--comment"), "TEXT", "", "no index shows the comment", Fate.IGNORED),
    ForeignOption(UV, ("--index",), "NAME", "index", "`--index NAME`, of `[tool.tpub.indexes.NAME]`", Fate.SAME),
    ForeignOption(UV, ("--token",), "TEXT", "token", "`--token TEXT`; better `TPUB_TOKEN`", Fate.SAME),
    ForeignOption(UV, ("--dry-run",), "", "dry-run", "`--dry-run`, which mints nothing", Fate.SAME),
    ForeignOption(
        UV,
        ("--trusted-publishing",),
        "automatic|always|never",
        "trusted-publishing",
        "`--trusted-publishing auto`, `always` or `never`",
    ),
    ForeignOption(UV, ("--publish-url",), "URL", "index", "`--index URL`"),
    ForeignOption(UV, ("--check-url",), "URL", "simple-url", "`simple-url` in `[tool.tpub.indexes.NAME]`"),
    ForeignOption(UV, ("-t",), "TEXT", "token", "`--token TEXT`; better `TPUB_TOKEN`"),
    ForeignOption(UV, ("--no-attestations",), "", "attestations", "`--attestations never`", switched="never"),
    ForeignOption(UV, ("--no-progress",), "", "quiet", "`--quiet`"),
    ForeignOption(
        UV,
        ("--keyring-provider",),
        "TEXT",
        "",
        "with `tpub[keyring]` installed, the keyring is asked where no other credential is",
        Fate.IGNORED,
    ),
)


def option_ignored(name: str, why: str) -> Diagnostic:
    """Return what is to be said of an option of theirs that has no effect."""
    from tpub.diagnostic import Diagnostic, Setting, Severity  # noqa: PLC0415  (see above)

    return Diagnostic(
        "option-ignored",
        f"`{name}` is an option of another tool, and has no effect here",
        f"Leave it out: {why}.",
        (Setting(name, "given", "command line"),),
        Severity.WARNING,
    )


def variable_ignored(name: str, why: str, mend: str) -> Diagnostic:
    """Return what is to be said of a variable of theirs that is not used; its value is not shown."""
    from tpub.diagnostic import Diagnostic, Severity, Variable  # noqa: PLC0415  (see above)

    return Diagnostic(
        "variable-ignored", f"`{name}` is not used: {why}", mend, (Variable(name, "set"),), Severity.WARNING
    )


def as_ours(words: Sequence[str]) -> list[str]:
    """Return a command line on which options that both have take the values that they take here.

    twine's `--attestations` is a switch (a word without an extension after it is no file, but a slip), and uv's
    `automatic` is `auto`.
    """
    changed = list(words)
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word == "--attestations" and not following.isalpha():
            changed[place] = f"--attestations={Attestations.ALWAYS}"
        elif word == "--trusted-publishing" and following in _AUTOMATIC:
            changed[place + 1] = _AUTOMATIC[following]
        elif word.startswith("--trusted-publishing="):
            name, _, value = word.partition("=")
            changed[place] = f"{name}={_AUTOMATIC.get(value, value)}"
    return changed
