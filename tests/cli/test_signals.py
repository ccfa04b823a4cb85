"""Signals to end, wherever they find a command."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from support import dists
from support.processes import start
from support.world import quick_clock
from tpub.cli.app import App, Format, Look, conclude
from tpub.cli.main import connect, run
from tpub.cli.signals import Signals

# Ctrl-C in the middle of the import of a module, which takes most of the time before anything is sent.
PROGRAM = """
import sys

class Interrupting:
    @staticmethod
    def find_spec(name, path, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting)
from tpub.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("module", "told"),
    [
        pytest.param("tpub.cli.main", False, id="the program"),
        pytest.param("tpub.cli.upload", False, id="the command"),
        pytest.param("tpub.dist.collect", True, id="finding the files"),
        pytest.param("tpub.config.settings", True, id="the settings"),
        pytest.param("tpub.publishing.publish", True, id="the recipe"),
        pytest.param("tpub.dist.read", True, id="the files"),
    ],
)
def test_ctrl_c_while_modules_are_imported(tmp_path: Path, module: str, told: bool) -> None:  # noqa: FBT001
    words = ("upload", "--format", "json", str(dists.wheel(tmp_path)))
    with start(*words, env={"TPUB_TOKEN": "x"}, program=PROGRAM.format(module=module)) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in err) == (130, False), err
    assert json.loads(out or '{"exit_code": 0}')["exit_code"] == (130 if told else 0)


def interrupted() -> NoReturn:
    raise KeyboardInterrupt


def app(*, heard: bool) -> App:
    signals = Signals()
    signals.heard = heard
    return App({}, io.StringIO(), io.StringIO(), quick_clock(), connect, signals=signals)


def test_an_interruption_is_reported() -> None:
    world = app(heard=True)
    assert conclude(world, Look(Format.JSON), "upload", interrupted) == 130
    assert (json.loads(world.out.getvalue())["exit_code"], world.signals.is_held) == (130, True)  # type: ignore[attr-defined]


class Odd:
    """A stream to which nothing can be written, which nobody has foreseen."""

    def write(self, _: str) -> NoReturn:
        raise TypeError


@pytest.mark.parametrize(("heard", "code"), [(True, 130), (False, 70)], ids=["interrupted", "a bug"])
def test_what_an_interrupted_import_makes_of_it_is_no_bug(heard: bool, code: int) -> None:  # noqa: FBT001
    world = app(heard=heard)._replace(out=Odd())  # type: ignore[arg-type]
    assert run(["--version"], world) == code


HELD = """
import os, signal
from tpub.cli.signals import Signals

signals = Signals()
signals.listen()
signals.hold()
try:
    os.kill(os.getpid(), signal.{first})
    print("held")
    os.kill(os.getpid(), signal.{second})
    print("held again")
except KeyboardInterrupt:
    print("heard")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize(("first", "second"), [("SIGINT", "SIGTERM"), ("SIGTERM", "SIGINT"), ("SIGTERM", "SIGTERM")])
def test_a_report_is_written_to_its_end_unless_somebody_insists(first: str, second: str) -> None:
    with start(env={}, program=HELD.format(first=first, second=second)) as process:
        out, _ = process.communicate(timeout=60)
    assert out.split("\n") == ["held", "heard", ""]
