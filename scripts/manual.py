"""Write docs/commands.md and docs/man/tpub.1 from the command line itself: its commands, options and examples.

Exit codes are the README's, variables those of docs/configuration.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import typer

from tpub import __version__
from tpub.cli import help as helps, main as program

ROOT = Path(__file__).parents[1]
_MADE = "<!-- Written by scripts/manual.py: change the texts in src/tpub/cli and run it again. -->"
_INTRO = (
    "Every command explains itself: `tpub COMMAND --help` says what stands here. Completion of commands, options,\n"
    "codes and indexes comes with `tpub --install-completion` (bash, zsh, fish, PowerShell)."
)


def documents() -> dict[str, str]:
    """Return the files of the documentation, by path below docs/."""
    cli = cast("helps.Group", typer.main.get_command(program.cli))
    with cli.make_context("tpub", [], resilient_parsing=True) as ctx:
        commands = [
            (title, [Shown(cli.get_command(ctx, name), ctx) for name in names])
            for title, names in helps.by_purpose(cli.list_commands(ctx))
        ]
        return {"commands.md": _markdown(commands), "man/tpub.1": _manual(commands)}


class Shown:
    """A command as it is shown: how it is called, what it does, its options, its examples."""

    def __init__(self, command: Any, parent: Any) -> None:  # noqa: ANN401  (typer's own types are private)
        ctx = command.make_context(command.name, [], parent=parent, resilient_parsing=True)
        arguments = [param for param in command.get_params(ctx) if param.param_type_name == "argument"]
        self.name = str(command.name)
        self.usage = " ".join(["tpub", self.name, "[OPTIONS]", *(_placed(each) for each in arguments)])
        self.paragraphs = [" ".join(text.split()) for text in command.help.split("\n\n")]
        self.groups = [(title, [_row(param) for param in params]) for title, params in helps.groups(command, ctx)]
        self.examples = helps.examples(command)


def _placed(argument: Any) -> str:  # noqa: ANN401
    name = argument.metavar or str(argument.name).upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _row(param: Any) -> tuple[str, str, str]:  # noqa: ANN401
    """Return an option's names, its value's name, and what it does."""
    is_argument = param.param_type_name == "argument"
    names = "" if is_argument else ", ".join(sorted(param.opts, key=len))
    value = _placed(param) if is_argument else param.metavar or _value(param)
    text = " ".join((param.help or "").split()).replace(" [repeatable]", " May be repeated.")
    text = re.sub(r" \[default: (.*)\]", r" Default: \1.", text)
    is_told = param.default is None or getattr(param, "is_flag", False) or "Default:" in text or is_argument
    return names, value, text if is_told else f"{text} Default: {param.default}."


def _value(option: Any) -> str:  # noqa: ANN401
    if option.is_flag:
        return ""
    if choices := getattr(option.type, "choices", None):
        return "|".join(str(choice) for choice in choices)
    return "NUMBER" if hasattr(option.type, "min") else "TEXT"


def _markdown(commands: list[tuple[str, list[Shown]]]) -> str:
    return "\n".join(["# Commands\n", f"{_MADE}\n", f"{_INTRO}\n", *_sections(commands)])


def _sections(commands: list[tuple[str, list[Shown]]]) -> Iterator[str]:
    for title, group in commands:
        yield f"## {title}\n"
        for shown in group:
            yield f"### `tpub {shown.name}`\n"
            yield f"```text\n{shown.usage}\n```\n"
            yield from (f"{paragraph}\n" for paragraph in shown.paragraphs)
            for topic, rows in shown.groups:
                yield f"| {topic} | |\n|---|---|"
                for names, value, text in rows:
                    typed = _cell(" ".join(word for word in (names, value) if word))
                    yield f"| {typed} | {_cell(text, code=False)} |"
                yield ""
            yield "```sh\n" + "\n".join(shown.examples) + "\n```\n"


def _cell(text: str, *, code: bool = True) -> str:
    escaped = text.replace("|", r"\|")
    return f"`{escaped}`" if code else escaped


def _table(path: str, pattern: str) -> list[tuple[str, str]]:
    """Return the rows of a table in a document of the project."""
    return re.findall(pattern, (ROOT / path).read_text("utf-8"), flags=re.MULTILINE)


def _manual(commands: list[tuple[str, list[Shown]]]) -> str:
    cli = program.tpub.__doc__ or ""
    return "\n".join(
        [
            r".\" Written by scripts/manual.py: change the texts in src/tpub/cli and run it again.",
            f'.TH TPUB 1 "" "tpub {__version__}" "User Commands"',
            ".SH NAME",
            r"tpub \- publish Python distributions by trusted publishing",
            ".SH SYNOPSIS",
            r".B tpub",
            r"\fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGUMENTS\fR]",
            ".br",
            r".B tpub \-\-help",
            ".br",
            r".B tpub \-\-version",
            ".SH DESCRIPTION",
            _roff(cli.split("\n\n")[0]),
            *(line for _, group in commands for shown in group for line in _command(shown)),
            *_definitions("EXIT STATUS", _table("README.md", r"^\| (\d+) \| (.+) \|$")),
            *_definitions("ENVIRONMENT", _table("docs/configuration.md", r"^\| `([A-Z_]+)` \| (.+) \|$")),
            ".SH FILES",
            ".TP",
            r"\fIpyproject.toml\fR",
            _roff("`[tool.tpub]`: the index, indexes of one's own, codes to ignore, the publisher."),
            "",
        ]
    )


def _command(shown: Shown) -> Iterator[str]:
    yield f".SH {_roff(shown.name.upper())}"
    yield f".B {_roff(shown.usage)}"
    for paragraph in shown.paragraphs:
        yield ".PP"
        yield _roff(paragraph)
    for topic, rows in shown.groups:
        yield f".SS {_roff(topic)}"
        for names, value, text in rows:
            yield ".TP"
            yield f"\\fB{_roff(names)}\\fR \\fI{_roff(value)}\\fR".replace("\\fB\\fR ", "").replace(" \\fI\\fR", "")
            yield _roff(text)
    yield ".SS Examples"
    yield ".nf"
    yield from (_roff(line) for line in shown.examples)
    yield ".fi"


def _definitions(title: str, rows: list[tuple[str, str]]) -> Iterator[str]:
    yield f".SH {title}"
    for name, text in rows:
        yield ".TP"
        yield f"\\fB{_roff(name)}\\fR"
        yield _roff(text)


def _roff(text: str) -> str:
    """Return text for the formatter: no Markdown, and nothing that it would take for its own."""
    plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text).replace("`", "")
    escaped = plain.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("^", r"\(ha")
    return re.sub(r"(?m)^([.'])", r"\\&\1", escaped.replace("~", r"\(ti"))


def main() -> int:
    """Write the files; return 0."""
    for name, text in documents().items():
        path = ROOT / "docs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
