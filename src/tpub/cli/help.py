"""`--help`: options by what they are about, commands by what they are for, examples at the end.

typer leaves groups to rich, which would double the time that `--help` takes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from inspect import cleandoc
from textwrap import wrap
from typing import TYPE_CHECKING

from typer.core import TyperCommand, TyperGroup

from tpub.cli.examples import EXAMPLES
from tpub.errors import ConfigError

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand, Context, HelpFormatter
    from typer._click.core import Parameter

    from tpub.cli.app import App

# What commands are for, in the order in which one needs them.
PURPOSES: Mapping[str, tuple[str, ...]] = {
    "Publish": ("upload", "check", "rehearse"),
    "Set up": ("init", "publisher", "doctor"),
    "Look up": ("explain", "verify"),
    "For other tools": ("token",),
}
# What options are about; shown for commands with so many of them that one would search.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "What and where": (
        *("index", "dry_run", "workflow", "platform", "log", "serve", "port", "fault"),
        *("environment", "testpypi", "service_account"),
    ),
    "Who publishes": (
        *("trusted_publishing", "provider", "identity_token_file"),
        *("token", "username", "password", "config_file"),
    ),
    "What is sent": ("attestations", "trust_config", "ignore", "strict", "no_check"),
    "How": ("jobs", "max_tries", "wait", "cert", "client_cert", "offline", "fix", "yes"),
    "The report": ("format", "reports", "color", "verbose", "quiet"),
}
_OTHER = "Options"
_WIDEST, _NARROWEST, _MARGIN = 80, 30, 2  # columns
_MANY = 8
# What people of other tools type first.
_ELSEWHERE = {
    **dict.fromkeys(("publish", "push", "release", "deploy"), "upload"),
    **dict.fromkeys(("lint", "validate", "verify-metadata"), "check"),
    **dict.fromkeys(("login", "mint", "mint-token"), "token"),
    "whoami": "publisher",
    "help": "--help",
}


def width(app: App) -> int:
    """Return the columns that help fills on `app`'s terminal: what people read is not wider than 80."""
    try:
        columns = int(app.env.get("COLUMNS", "")) or _WIDEST
    except ValueError:
        try:
            columns = os.get_terminal_size(app.out.fileno()).columns
        except (OSError, ValueError):  # no terminal, or no file at all
            columns = _WIDEST
    return max(min(columns, _WIDEST) - _MARGIN, _NARROWEST)


class Command(TyperCommand):
    """A command."""

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Read the words; values of other tools are made ours: see `tpub.cli.switching`."""
        if self.name == "upload":
            from tpub.config.switching import as_ours

            args = as_ours(args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write arguments and options, in groups if there are many."""
        _write_params(self, ctx, formatter)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples, as they are typed."""
        del ctx
        _write_examples(self, formatter)


class Group(TyperGroup):
    """The program: its commands by what they are for."""

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands, then the options."""
        for title, names in by_purpose(self.list_commands(ctx)):
            found = ((name, self.get_command(ctx, name)) for name in names)
            _write_rows(title, [(name, each.get_short_help_str()) for name, each in found if each], formatter)
        _write_params(self, ctx, formatter)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the examples, as they are typed."""
        del ctx
        _write_examples(self, formatter)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, AnyCommand | None, list[str]]:
        """Find the command; raises `ConfigError` with the one that was probably meant."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            raise _unknown(args[0], self.list_commands(ctx))
        return super().resolve_command(ctx, args)


def examples(command: AnyCommand) -> tuple[str, ...]:
    """Return the lines of a command's examples: what is typed, and comments that begin with `#`."""
    return tuple(cleandoc(EXAMPLES.get(command.name or "", "")).splitlines())


def by_purpose(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return the commands in groups with their titles."""
    left = dict.fromkeys(names)
    found = [(title, [name for name in group if name in left]) for title, group in PURPOSES.items()]
    placed = {name for _, group in found for name in group}
    return [(title, group) for title, group in (*found, ("Commands", [n for n in left if n not in placed])) if group]


def groups(command: AnyCommand, ctx: Context) -> list[tuple[str, list[Parameter]]]:
    """Return a command's arguments and options, in groups with their titles."""
    found: dict[str, list[Parameter]] = {"Arguments": [], **{title: [] for title in TOPICS}, _OTHER: []}
    params = [param for param in command.get_params(ctx) if not getattr(param, "hidden", False)]
    topics = {name: title for title, names in TOPICS.items() for name in names} if len(params) > _MANY else {}
    for param in params:
        is_argument = param.param_type_name == "argument"
        found["Arguments" if is_argument else topics.get(param.name or "", _OTHER)].append(param)
    return [(title, group) for title, group in found.items() if group]


def _unknown(name: str, names: Sequence[str]) -> ConfigError:
    near = [_ELSEWHERE[name]] if name in _ELSEWHERE else get_close_matches(name, names, n=1)
    return ConfigError(
        "command-unknown",
        f"there is no command `{name}`",
        hint=f"Use `tpub {near[0]}`." if near else "Run `tpub --help` for all commands.",
    )


def _write_params(command: AnyCommand, ctx: Context, formatter: HelpFormatter) -> None:
    for title, params in groups(command, ctx):
        records = (param.get_help_record(ctx) for param in params)
        _write_rows(title, [record for record in records if record is not None], formatter)


def _write_rows(title: str, rows: Sequence[tuple[str, str]], formatter: HelpFormatter) -> None:
    with formatter.section(title):
        formatter.write_dl(rows, col_max=min(30, formatter.width // 3))


def _write_examples(command: AnyCommand, formatter: HelpFormatter) -> None:
    if lines := examples(command):
        with formatter.section("Examples"):
            for line in lines:
                # What is typed stays whole; what is said of it fits the terminal.
                is_said = line.startswith("#")
                parts = wrap(line, formatter.width - 2, subsequent_indent="# ") if is_said else [line]
                formatter.write("".join(f"  {part}\n" for part in parts))
