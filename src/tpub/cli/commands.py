"""The commands, each imported when it is asked for: `tpub --version` need not pay for `tpub upload`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

import typer
from typer.main import get_command

from tpub.cli.help import Command, Group

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand, Context

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "upload": "Publish wheels and sdists.",
        "check": "Say what the index would say of them, offline.",
        "doctor": "Say why trusted publishing fails.",
        "init": "Write the workflow that publishes.",
        "publisher": "Say whom the index must trust.",
        "token": "Mint a token for another tool.",
        "explain": "Tell all about a problem.",
        "verify": "Say who published files, and whether that is proven.",
        "rehearse": "Rehearse a whole release, offline.",
    }
)
"""Each command, which is the function of that name in the module of that name, in the order of `tpub --help`."""
_SWITCHING = "upload"  # takes command lines of twine's and uv's, too


class Commands(Group):
    """A group whose commands are functions in modules of their own."""

    def list_commands(self, ctx: Context) -> list[str]:
        """Return the commands' names."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> AnyCommand | None:
        """Return the command of that name, None if there is no such."""
        del ctx
        return _build(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, AnyCommand | None, list[str]]:
        """Find the command; the one that takes other tools' command lines is made so where it is given one."""
        name, command, rest = super().resolve_command(ctx, args)
        if name != _SWITCHING:
            return name, command, rest
        from tpub.cli.switching import has_theirs

        return name, _build(name, theirs=True) if has_theirs(rest) else command, rest


@cache
def _build(name: str, *, theirs: bool = False) -> AnyCommand:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    function = getattr(import_module(f"tpub.cli.{name}"), name)
    if name == _SWITCHING:
        from tpub.cli.switching import taking

        function = taking(function, theirs=theirs)
    app.command(name, cls=Command, short_help=COMMANDS[name])(function)
    return get_command(app)
