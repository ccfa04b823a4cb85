"""Lines of a text: where they begin and end, how far in they stand, and what ends them."""

from __future__ import annotations


def newline(text: str) -> str:
    """Return what ends the lines of a text, or most of them."""
    return "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"


def line_start(text: str, at: int) -> int:
    """Return where the line around `at` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Return where the line behind the one around `at` begins."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def lead(text: str, at: int) -> str:
    """Return what has to stand before a line that is put in at `at`: the end of the last line may be missing."""
    return "" if text[:at].endswith("\n") or not at else newline(text)


def fitted(lines: str, column: int, text: str) -> str:
    """Return whole lines at `column`, ended as those of `text` are."""
    return indented(lines, column).replace("\n", newline(text))


def indented(lines: str, column: int) -> str:
    """Return whole lines with the first at `column`, and the others as far from it as they were."""
    shift = column - _depth(lines)
    return "".join(
        line if not line.strip() else (" " * shift + line if shift > 0 else line[min(-shift, _depth(line)) :])
        for line in split(lines)
    )


def split(text: str) -> list[str]:
    """Return the lines of a text with their ends; nothing but a line feed ends one."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + lines[-1:] * bool(lines[-1])


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
