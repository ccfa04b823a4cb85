"""A command line that is none: what is wrong with it, and what was probably meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tpub.diagnostic import Diagnostic

if TYPE_CHECKING:
    from typer.exceptions import TyperException


def told(error: TyperException) -> Diagnostic:
    """Return the news of a command line that typer does not take."""
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else "tpub"
    if hasattr(error, "possibilities"):
        given = str(getattr(error, "option_name", ""))
        options = {each.lstrip("-"): each for param in _shown(ctx) for each in param.opts}
        near = get_close_matches(given.lstrip("-"), options, n=1)
        return Diagnostic(
            "option-unknown",
            f"`{path}` has no option `{given}`",
            f"Use `{options[near[0]]}`." if near else f"Run `{path} --help` for all options.",
        )
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    return Diagnostic("usage-invalid", message[:1].lower() + message[1:], f"Run `{path} --help` to see what it takes.")


def _shown(ctx: Any) -> list[Any]:  # noqa: ANN401  (typer's own types are private)
    """Return the options that `--help` shows; none where the command is not known."""
    return [param for param in ctx.command.params if not getattr(param, "hidden", False)] if ctx else []
