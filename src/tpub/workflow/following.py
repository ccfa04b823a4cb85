"""From the commands of a CI's script into files of the checkout: its scripts, make's targets, tox's environments."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from tpub.workflow import make, scripts, tox
from tpub.workflow.command import Command, Origin, within

_DEPTH = 3  # a target that runs a script that runs tox
_MOST = 1_000  # commands that files give to a job: a script can start itself, twice


@dataclass(frozen=True, slots=True)
class _Around:
    """Of the files that are being followed: how many, what they say, and how many commands the job has got from any."""

    depth: int = 0
    text: str = ""
    met: list[int] = field(default_factory=lambda: [0])


class Follower:
    """Follows the commands of one job, one after the other: `cd` leads to another folder for those behind it."""

    def __init__(self, root: Path, folder: str = "", around: _Around | None = None) -> None:
        """Begin in a folder of the checkout at `root`: in the job itself, or in a file that it runs."""
        self._root = root
        self._folder = folder
        self._around = around or _Around()

    def followed(self, known: Iterable[Command]) -> Iterator[Command]:
        """Yield the commands, each with what it runs behind it."""
        for command in known:
            yield command
            if command.program == "cd" and len(command.words) > 1:
                self._folder = _joined(self._folder, command.words[1])
            elif self._around.depth < _DEPTH and self._around.met[0] < _MOST:
                yield from self._within(command)

    def _within(self, command: Command) -> Iterator[Command]:
        yield from tox.within(command, self._root)
        if (found := scripts.script_of(command)) is not None:
            yield from self._of_script(command, *found)
        elif (asked := make.goals(command)) is not None:
            yield from self._of_make(command, asked)

    def _of_script(self, command: Command, name: str, has_words: bool) -> Iterator[Command]:  # noqa: FBT001
        """Yield what a script runs; it is looked for where the job is, and at the top if a `cd` was misunderstood."""
        for path in dict.fromkeys((_joined(self._folder, name), posixpath.normpath(name))):
            text = scripts.shell(self._root, path) if _is_inside(path) else None
            if text is not None:
                if not (has_words and scripts.reads_words(text)):
                    yield from self._of(command, scripts.unconditional(text), (path, text), self._folder)
                return

    def _of_make(self, command: Command, asked: make.Goals) -> Iterator[Command]:
        folder = _joined(self._folder, asked.folder)
        found = make.makefile(self._root, folder, asked.file) if _is_inside(folder) else None
        if found is None:
            return
        path, text = found
        lines = list(islice(make.recipes(text, asked), _MOST))
        home = path, "\n".join(line for _, line in lines)
        inner = ((number, each) for number, line in lines for _, each in scripts.unconditional(line))
        yield from self._of(command, inner, home, folder)

    def _of(
        self, outer: Command, known: Iterable[tuple[int, Command]], home: tuple[str, str], folder: str
    ) -> Iterator[Command]:
        path, text = home
        around = replace(self._around, depth=self._around.depth + 1, text=f"{self._around.text}\n{text}")
        deeper = Follower(self._root, folder, around)
        for number, each in known:
            if around.met[0] >= _MOST:
                return
            around.met[0] += 1
            for inner in deeper.followed((each,)):
                yield replace(within(outer, inner), origin=inner.origin or Origin(path, number, around.text))


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))


def _is_inside(path: str) -> bool:
    return not path.startswith(("/", "..")) and "$" not in path
