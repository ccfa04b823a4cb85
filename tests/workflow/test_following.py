from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from support.checkouts import laid
from tpub.workflow import make
from tpub.workflow.command import Command, commands
from tpub.workflow.following import Follower


def followed(root: Path, script: str, files: dict[str, str], folder: str = "") -> list[Command]:
    found = Follower(laid(root, files), folder).followed(commands(script))
    return [each for each in found if each.program == "t"]


def told(root: Path, script: str, files: dict[str, str], folder: str = "") -> list[tuple[str, str, int]]:
    """Return the runs of `t` that are found: with which words, in which file, on which line."""
    return [
        (" ".join(each.words), each.origin.path if each.origin else "", each.origin.line if each.origin else 0)
        for each in followed(root, script, files, folder)
    ]


SHIP = "#!/bin/sh\nset -e\nt up\n"


@pytest.mark.parametrize(
    ("script", "path"),
    [
        pytest.param("./ship.sh", "ship.sh", id="by its path"),
        pytest.param("chmod +x ci/ship && ci/ship", "ci/ship", id="in a folder, without an ending"),
        pytest.param("bash -eu ci/ship", "ci/ship", id="by a shell"),
        pytest.param("source ship.sh", "ship.sh", id="source"),
        pytest.param(". ./ship.sh", "ship.sh", id="a dot"),
        pytest.param("cd ci\n./ship", "ci/ship", id="behind a cd"),
        pytest.param("cd ci/deep && ../ship", "ci/ship", id="upwards"),
        pytest.param("(cd ci; ./ship ); ./ship.sh", "ci/ship", id="in a subshell"),
        pytest.param("(cd ci && x); ./ship.sh", "ship.sh", id="behind a subshell"),
        pytest.param("./ship.sh --now", "ship.sh", id="with words that it does not read"),
        pytest.param("cd $WHERE; ./ship.sh", "ship.sh", id="from where nobody knows"),
    ],
)
def test_scripts_of_the_checkout_are_followed(tmp_path: Path, script: str, path: str) -> None:
    files = {"ship.sh": SHIP, "ci/ship": SHIP, "ci/deep/x": ""}
    assert told(tmp_path, script, files)[0] == ("t up", path, 3)


@pytest.mark.parametrize(
    ("script", "text"),
    [
        pytest.param("./ship.sh", "#!/usr/bin/python\nt up\n", id="no shell script"),
        pytest.param("./ship.sh", '#!/bin/sh\nif [ -n "$TAG" ]; then\n  t up\nfi\n', id="under a condition"),
        pytest.param("./ship.sh", "case $TAG in\n v*) t up;;\nesac\n", id="in a case"),
        pytest.param("./ship.sh now", '#!/bin/sh\n[ "$1" = now ] && t up\n', id="with words that it reads"),
        pytest.param("/ship.sh", SHIP, id="somewhere else"),
        pytest.param("../ship.sh", SHIP, id="outside"),
        pytest.param("$HOME/ship.sh", SHIP, id="nobody knows where"),
        pytest.param("cat ship.sh", SHIP, id="not run"),
        pytest.param("./ship.sh", "t up\n" * 100_000, id="too much of it"),
        pytest.param("bash", SHIP, id="a shell alone"),
    ],
)
def test_what_is_not_followed(tmp_path: Path, script: str, text: str) -> None:
    assert told(tmp_path / "in", script, {"ship.sh": text, "../ship.sh": SHIP}) == []


def test_behind_a_condition_scripts_are_followed_again(tmp_path: Path) -> None:
    text = "if a; then\n  t no\nfi\nfor f in *; do\n  t each \\\n    more\ndone\nt \\\n  last  # fi\n"
    found = told(tmp_path, "sh x.sh", {"x.sh": text})
    assert found == [("t each more", "x.sh", 5), ("t last", "x.sh", 8)]


def test_a_script_runs_with_the_variables_and_inside_of_what_its_caller_does(tmp_path: Path) -> None:
    files = {"a.sh": "B=2 sudo -E ./b.sh\n", "b.sh": "C=3 t\n"}
    (found,) = followed(tmp_path, "A=1 sudo --preserve-env=X ./a.sh", files)
    assert (found.assigned, found.inside, found.passed) == (
        *((("A", "1"), ("B", "2"), ("C", "3")), "sudo", frozenset({"X"})),
    )
    assert found.source == "A=1 sudo --preserve-env=X"
    assert found.origin is not None
    assert (found.origin.path, found.origin.line, "./b.sh" in found.origin.text) == ("b.sh", 1, True)


def test_scripts_that_run_each_other_come_to_an_end(tmp_path: Path) -> None:
    assert len(told(tmp_path, "./a.sh", {"a.sh": "t\n./a.sh\n"})) == 3


MAKEFILE = """\
INDEX ?= main
.PHONY: all
all: ; @echo $(INDEX)

build:
\tpython -m build

ship: build  # for all
\t@t up \\
\t  $(INDEX) $${TOKEN} $(OTHER)

both: ship
\t$(MAKE) -C sub
checked:
\tif [ -n "$$TAG" ]; then t up; fi
"""


@pytest.mark.parametrize(
    ("script", "found"),
    [
        pytest.param("make ship", [("t up main ${TOKEN} $OTHER", "Makefile", 9)], id="a target"),
        pytest.param("make -j 4 ship INDEX=x", [("t up x ${TOKEN} $OTHER", "Makefile", 9)], id="a variable given"),
        pytest.param("make build", [], id="another target"),
        pytest.param("make", [], id="the first target"),
        pytest.param("make nothing", [], id="no such target"),
        pytest.param("make checked", [], id="under a condition"),
        pytest.param("cmake ship", [], id="another program"),
        pytest.param("cd sub && make", [("t sub", "sub/makefile", 2)], id="in a folder, the first target"),
        pytest.param("make -f other.mk -C sub", [("t other", "sub/other.mk", 1)], id="another file"),
        pytest.param("make -C $DIR", [], id="nobody knows where"),
        pytest.param(
            "make both",
            [("t up main ${TOKEN} $OTHER", "Makefile", 9), ("t sub", "sub/makefile", 2)],
            id="what comes before it, and make itself",
        ),
    ],
)
def test_targets_of_make_are_followed(tmp_path: Path, script: str, found: list[tuple[str, str, int]]) -> None:
    files = {"Makefile": MAKEFILE, "sub/makefile": "x:\n\t-t sub\n", "sub/other.mk": "x:; t other\n"}
    assert told(tmp_path, script, files) == found


def test_a_folder_is_where_a_step_begins(tmp_path: Path) -> None:
    assert told(tmp_path, "./x.sh", {"a/x.sh": "t\n"}, "a") == [("t", "a/x.sh", 1)]


@given(st.text(alphabet=st.sampled_from(list("ab:=$()\t\n\\@ ;#")), max_size=80))
def test_no_makefile_is_too_strange(text: str) -> None:
    assert all(number > 0 for number, _ in make.recipes(text, make.Goals(targets=("a", "b"))))


@pytest.mark.parametrize(
    ("script", "files"),
    [
        pytest.param("bash a.sh", {"a.sh": "bash a.sh\n" * 500}, id="a script that starts itself"),
        pytest.param("bash a.sh", {"a.sh": "t up\n" * 9_000}, id="a long script"),
        pytest.param("make", {"Makefile": "x:\n" + "\tmake x\n" * 9_000}, id="a target that makes itself"),
    ],
)
def test_no_job_gets_more_commands_than_anybody_writes(tmp_path: Path, script: str, files: dict[str, str]) -> None:
    assert len(list(Follower(laid(tmp_path, files)).followed(commands(script)))) == 1_001


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("a b: n\n\tt both\nn:\n\tt n\n", ["t n", "t both"], id="a rule that targets share"),
        pytest.param("a: b\n\tt a\nb: a\n\tt b\n", ["t b", "t a"], id="targets that need each other"),
        pytest.param("a::\n\tt 1\na b::\n\tt 2\n", ["t 1", "t 2"], id="several rules of a target"),
    ],
)
def test_each_rule_is_entered_once(text: str, found: list[str]) -> None:
    assert [line for _, line in make.recipes(text, make.Goals(targets=("a", "b")))] == found


def test_a_run_looks_at_no_more_prerequisites_than_anybody_writes() -> None:
    needs = [f"n{number}" for number in range(9_000)]
    text = f"all: {' '.join(needs)}\n\tt up\n" + "".join(f"{need}:\n\tt {need}\n" for need in needs)
    lines = [line for _, line in make.recipes(text, make.Goals())]
    assert lines == [*(f"t {need}" for need in needs[:2_000]), "t up"]


def test_variables_that_double_each_other_stay_short() -> None:
    ((_, line),) = make.recipes(f"A={'$(A)' * 50}\nx:\n\tt $(A)\n", make.Goals())
    assert len(line) < 10_000


@pytest.mark.parametrize("script", ["bash in.sh", "make -f in.mk", "make -f ../out/x.mk", "make -C in", "tox -e x"])
def test_no_path_leads_out_of_the_checkout(tmp_path: Path, script: str) -> None:
    out = laid(
        tmp_path / "out",
        {"x.sh": "t\n", "x.mk": "x:\n\tt\n", "tox.ini": "[testenv:x]\ncommands = t\n", "Makefile": "x:\n\tt\n"},
    )
    root = laid(tmp_path / "root", {"README": ""})
    try:
        for name, target in {
            "in.sh": out / "x.sh",
            "in.mk": out / "x.mk",
            "in": out,
            "tox.ini": out / "tox.ini",
        }.items():
            (root / name).symlink_to(target)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert told(root, script, {}) == []
