from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from tpub.workflow.command import commands


def words(script: str) -> list[str]:
    return [" ".join(command.words) for command in commands(script)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        pytest.param("a b && c || d; e | f", ["a b", "c", "d", "e", "f"], id="operators"),
        pytest.param("a \\\n  b\nc", ["a b", "c"], id="continuation"),
        pytest.param("# a b\nc#d 'e # f' # g", ["c#d e # f"], id="comments and quotes"),
        pytest.param("if x; then y; fi", ["x", "y", "fi"], id="keywords"),
        pytest.param("A=1 B='2 3' c", ["c"], id="assignments"),
        pytest.param("python3 -m twine upload d", ["twine upload d"], id="python -m"),
        pytest.param("python3.12 -m twine upload d", ["twine upload d"], id="python of a version"),
        pytest.param("pipx run twine upload d", ["twine upload d"], id="pipx run"),
        pytest.param("uvx --with x twine@6 upload", ["twine upload"], id="uvx, a version asked for"),
        pytest.param("uv run --no-project twine upload", ["twine upload"], id="uv run"),
        pytest.param("uv publish", ["uv publish"], id="uv itself"),
        pytest.param("bash -euc 'a b && c'", ["a b", "c"], id="a script in a script"),
        pytest.param("/usr/bin/twine upload", ["twine upload"], id="a path"),
        pytest.param("X=$(id pypi); Y", ["id pypi", "Y"], id="substitution in an assignment"),
        pytest.param('X=$(curl "a&b" | c)', ["curl a&b", "c"], id="quotes in a substitution"),
        pytest.param('a "${{ secrets.X }}" ${{ x || y }}', ["a ${{ secrets.X }} ${{ x || y }}"], id="expressions"),
        pytest.param("timeout 60 a", ["a"], id="timeout"),
        pytest.param("python -um twine upload", ["twine upload"], id="python, several options in one word"),
        pytest.param(
            "python -I -W error -m twine upload", ["python -I -W error -m twine upload"], id="python, unknown"
        ),
        pytest.param("python x.py -m y", ["python x.py -m y"], id="a script, and what it is given"),
        pytest.param("uvx 'twine[keyring]>=6.1' upload", ["twine upload"], id="uvx, a requirement"),
        pytest.param("pipx run twine==6.1 upload", ["twine upload"], id="pipx, a requirement"),
        pytest.param("uv --quiet --directory x run -- twine upload", ["twine upload"], id="options before the verb"),
        pytest.param("uv pip install run", ["uv pip install run"], id="the verb's word somewhere else"),
        pytest.param("hatch -e x run release:twine upload", ["twine upload"], id="hatch, an environment"),
        pytest.param("mise exec -- uv publish", ["uv publish"], id="the end of the options"),
        pytest.param("micromamba run -n x twine upload", ["twine upload"], id="micromamba"),
        pytest.param("eval 'a b'", ["a b"], id="eval"),
        pytest.param("sh x.sh", ["sh x.sh"], id="a script of its own"),
        pytest.param("(a b && c)\n( d )", ["a b", "c)", "d )"], id="subshells"),
    ],
)
def test_programs_are_found(script: str, expected: list[str]) -> None:
    assert words(script) == expected


@pytest.mark.parametrize(
    ("script", "inside", "passed"),
    [
        pytest.param("t x", "", {"*"}, id="bare"),
        pytest.param("sudo t x", "sudo", set(), id="sudo"),
        pytest.param("sudo -E t x", "sudo", {"*"}, id="sudo -E"),
        pytest.param("sudo -u me --preserve-env=A,B t x", "sudo", {"A", "B"}, id="sudo, chosen variables"),
        pytest.param("sudo A=$A t x", "sudo", {"A"}, id="sudo, assigned"),
        pytest.param("sudo -Hu me t x", "sudo", set(), id="sudo, short options together"),
        pytest.param("sudo -nE t x", "sudo", {"*"}, id="sudo, -E among others"),
        pytest.param("su - me -c 't x'", "su -", set(), id="su, a login"),
        pytest.param("su me -c 't x'", "", {"*"}, id="su"),
        pytest.param("runuser -l me -c 't x'", "su -", set(), id="runuser"),
        pytest.param("env -i A=1 t x", "env -i", {"A"}, id="env, nothing else"),
        pytest.param("env -u B A=1 t x", "", {"*"}, id="env"),
        pytest.param("docker-compose run app t x", "docker-compose run", set(), id="compose"),
        pytest.param("docker run --rm -v a:b -e A -eB --env=C img t x", "docker run", {"A", "B", "C"}, id="docker"),
        pytest.param("docker run --env-file f img sh -c 't x'", "docker run", {"*"}, id="docker, from a file"),
        pytest.param("podman exec -i box t x", "podman exec", set(), id="podman"),
        pytest.param("sudo -E docker run -e A img t x", "docker run", {"A"}, id="the innermost counts"),
        pytest.param("sudo docker run -e A img t x", "docker run", set(), id="what sudo drops is dropped"),
    ],
)
def test_what_a_program_runs_inside_of(script: str, inside: str, passed: set[str]) -> None:
    last = list(commands(script))[-1]
    assert (last.words, last.inside, last.passed) == (("t", "x"), inside, frozenset(passed))


def test_assignments_reach_the_program() -> None:
    (command,) = commands("A=1 B='2 3' env C=4 t")
    assert command.assigned == (("A", "1"), ("B", "2 3"), ("C", "4"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("t -r x", "x", id="two words"),
        pytest.param("t --repository=x", "x", id="one word"),
        pytest.param("t -rx", "x", id="glued"),
        pytest.param("t -r", "", id="nothing behind it"),
        pytest.param("t", None, id="not given"),
    ],
)
def test_options(text: str, value: str | None) -> None:
    (command,) = commands(text)
    assert command.option("-r", "--repository") == value


@pytest.mark.parametrize(
    ("passed", "lets"),
    [pytest.param("ACTIONS_*", True, id="pattern"), pytest.param("A", False, id="another")],
)
def test_patterns_of_variables(passed: str, lets: bool) -> None:  # noqa: FBT001  (the expected value)
    (command,) = (each for each in commands(f"sudo --preserve-env={passed} t"))
    assert command.lets("ACTIONS_X", "ACTIONS_Y") is lets


@given(st.text(alphabet=st.sampled_from(list("ab '\"\\$(){}#;&|\n=-/@")), max_size=60))
def test_no_script_is_too_strange(script: str) -> None:
    assert all(command.words for command in commands(script))
