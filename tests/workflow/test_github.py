from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from support.checkouts import laid
from tpub.workflow import github
from tpub.workflow.github import Publishing

RELEASE = ".github/workflows/release.yml"


def publishing(root: Path, files: dict[str, str]) -> tuple[Publishing, ...]:
    return github.load(laid(root, files)).publishing


def job(steps: str, above: str = "") -> str:
    return f"on: push\n{above}jobs:\n  publish:\n    runs-on: x\n    steps:\n{steps}"


@pytest.mark.parametrize(
    ("step", "tool", "index", "secrets", "line"),
    [
        pytest.param("      - run: tpub upload\n", "tpub", "pypi", [], 6, id="tpub"),
        pytest.param("      - run: tpub upload --index testpypi\n", "tpub", "testpypi", [], 6, id="tpub, TestPyPI"),
        pytest.param(
            "      - run: |\n          make\n          python -m twine upload -r testpypi -u x -p y d\n",
            *("twine", "testpypi", [("-p", "y")], 8),
            id="twine with a password",
        ),
        pytest.param(
            "      - run: uv publish\n        env: {UV_PUBLISH_TOKEN: t, UV_PUBLISH_URL: 'https://x/'}\n",
            *("uv", "https://x/", [("UV_PUBLISH_TOKEN", "t")], 6),
            id="uv by variables",
        ),
        pytest.param("      - run: hatch publish -r test\n", "hatch", "testpypi", [], 6, id="hatch"),
        pytest.param("      - run: pdm publish --no-build\n", "pdm", "pypi", [], 6, id="pdm"),
        pytest.param("      - run: poetry publish -p x\n", "poetry", "pypi", [("-p", "x")], 6, id="poetry"),
        pytest.param(
            "      - run: FLIT_PASSWORD=x flit publish\n", "flit", "pypi", [("FLIT_PASSWORD", "x")], 6, id="flit"
        ),
        pytest.param("      - run: maturin upload x\n", "maturin", "pypi", [], 6, id="maturin"),
        pytest.param(
            "      - uses: PyO3/maturin-action@v1\n        with: {command: upload, args: --skip-existing x}\n",
            *("maturin", "pypi", [], 6),
            id="maturin's action",
        ),
        pytest.param(
            "      - uses: pypa/gh-action-pypi-publish@v1\n        with: {repository_url: 'https:x', password: y}\n",
            *("pypi-publish", "https:x", [("password", "y")], 6),
            id="the action, old spelling",
        ),
        pytest.param("      - uses: o/tpub@v1\n", "tpub", "pypi", [], 6, id="tpub's action"),
        pytest.param(
            "      - uses: O/Tpub@v1\n        with: {index: testpypi, token: x}\n",
            *("tpub", "testpypi", [("token", "x")], 6),
            id="tpub's action with inputs",
        ),
        pytest.param(
            "      - run: export TWINE_PASSWORD=x && twine upload d\n",
            *("twine", "pypi", [("TWINE_PASSWORD", "x")], 6),
            id="exported before",
        ),
    ],
)
def test_publishing_steps(
    tmp_path: Path, step: str, tool: str, index: str, secrets: list[tuple[str, str]], line: int
) -> None:
    (found,) = publishing(tmp_path, {RELEASE: job(step)})
    publish = found.publish
    told = [(secret.name, secret.value) for secret in publish.secrets]
    assert (publish.tool, publish.index, told, publish.line.line) == (tool, index, secrets, line)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("      - run: twine check dist/*\n", id="another verb"),
        pytest.param("      - run: uv publish --dry-run\n", id="dry run"),
        pytest.param("      - run: echo twine upload\n", id="only said"),
        pytest.param("      - run: '# twine upload'\n", id="only a comment"),
        pytest.param("      - uses: pypa/gh-action-pypi-other@v1\n", id="another action"),
        pytest.param("      - uses: PyO3/maturin-action@v1\n        with: {command: build}\n", id="maturin builds"),
    ],
)
def test_steps_that_do_not_publish(tmp_path: Path, step: str) -> None:
    assert publishing(tmp_path, {RELEASE: job(step)}) == ()


@pytest.mark.parametrize(
    ("step", "indexes"),
    [
        pytest.param("      - run: tpub upload --index testpypi --index=pypi\n", ["testpypi", "pypi"], id="tpub"),
        pytest.param(
            "      - uses: o/tpub@v1\n        with:\n          index: |\n            testpypi\n            pypi\n",
            ["testpypi", "pypi"],
            id="tpub's action",
        ),
        pytest.param("      - run: twine upload -r testpypi -r x d\n", ["testpypi"], id="another tool"),
    ],
)
def test_one_step_publishes_to_several_indexes(tmp_path: Path, step: str, indexes: list[str]) -> None:
    assert [found.publish.index for found in publishing(tmp_path, {RELEASE: job(step)})] == indexes


def test_variables_of_the_job_and_the_workflow_count(tmp_path: Path) -> None:
    above = "env: {TWINE_PASSWORD: far, TWINE_REPOSITORY: testpypi}\n"
    text = job("      - run: twine upload d\n", above).replace(
        "    runs-on", "    env: {TWINE_PASSWORD: near}\n    runs-on"
    )
    (found,) = publishing(tmp_path, {RELEASE: text})
    assert [secret.value for secret in found.publish.secrets] == ["near"]
    assert found.publish.index == "testpypi"


each_own = pytest.mark.parametrize("here", ["./", "$/"])


@each_own
def test_a_composite_action_is_looked_into(tmp_path: Path, here: str) -> None:
    action = "runs:\n  using: composite\n  steps:\n    - uses: pypa/gh-action-pypi-publish@release/v1\n"
    files = {RELEASE: job(f"      - uses: {here}actions/go\n"), "actions/go/action.yaml": action}
    (found,) = publishing(tmp_path, files)
    assert found.action is not None
    assert (found.publish.line.path, found.publish.line.line, found.action.line.line) == (
        "actions/go/action.yaml",
        4,
        6,
    )


INI = "[testenv]\npass_env = CI\n[testenv:go]\ncommands =\n    python -m build\n    {envpython} -m twine upload d\n"
TOML = "env_run_base.pass_env = ['CI']\n[env.go]\ncommands = [['{env_bin_dir}/twine', 'upload', 'd']]\n"


def test_scripts_and_targets_are_followed(tmp_path: Path) -> None:
    steps = "      - run: make out\n        working-directory: py\n      - run: ./ship.sh\n"
    files = {"py/Makefile": "out:\n\ttwine upload -r testpypi d\n", "ship.sh": "uv publish\n"}
    found = [each.publish for each in publishing(tmp_path, {RELEASE: job(steps), **files})]
    assert [(each.tool, each.index, each.line.path, each.line.line) for each in found] == [
        ("twine", "testpypi", "py/Makefile", 2),
        ("uv", "pypi", "ship.sh", 1),
    ]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"tox.ini": INI}, id="tox.ini"),
        pytest.param({"setup.cfg": f"[metadata]\nname = x\n{INI}"}, id="setup.cfg"),
        pytest.param({"tox.toml": TOML}, id="tox.toml"),
        pytest.param({"pyproject.toml": "[tool.tox]\n" + TOML.replace("[env.", "[tool.tox.env.")}, id="pyproject.toml"),
        pytest.param({"pyproject.toml": f'[tool.tox]\nlegacy_tox_ini = """\n{INI}"""\n'}, id="as a text"),
        pytest.param({"tox.ini": INI, "tox.toml": "[env.go]\ncommands = [['x']]"}, id="the first that is there"),
        pytest.param({"pyproject.toml": "[project]\nname = 'x'\n", "tox.toml": TOML}, id="one without a word of tox"),
        pytest.param({"setup.cfg": "[metadata]\nname = tox\n", "tox.toml": TOML}, id="one with nothing but the word"),
        pytest.param({"setup.cfg": "tox = [", "tox.toml": TOML}, id="one that cannot be read"),
        pytest.param({"pyproject.toml": "[tool.tox", "tox.toml": TOML}, id="another that cannot be read"),
    ],
)
def test_a_tox_environment_is_looked_into(tmp_path: Path, files: dict[str, str]) -> None:
    (found,) = publishing(tmp_path, {RELEASE: job("      - run: tox run -e lint,go\n"), **files})
    assert found.publish.command is not None
    assert (found.publish.tool, found.publish.command.inside) == ("twine", "tox")
    assert found.publish.command.passed == frozenset({"CI"})


@pytest.mark.parametrize(
    ("on", "triggers"),
    [
        pytest.param("on: push\n", {"push"}, id="one"),
        pytest.param("on: [push, release]\n", {"push", "release"}, id="a list"),
        pytest.param(
            "on:\n  push: {tags: [v*]}\n  workflow_dispatch:\n", {"push", "workflow_dispatch"}, id="a mapping"
        ),
        pytest.param("true: push\n", {"push"}, id="`on` read as a boolean when it was written"),
    ],
)
def test_triggers(tmp_path: Path, on: str, triggers: set[str]) -> None:
    actions = github.load(laid(tmp_path, {RELEASE: f"{on}jobs: {{publish: {{runs-on: x}}}}\n"}))
    assert actions.workflows[0].triggers.keys() == triggers


@pytest.mark.parametrize(
    ("block", "scope", "access"),
    [
        pytest.param("read-all", "contents", "read", id="read-all"),
        pytest.param("write-all", "id-token", "write", id="write-all"),
        pytest.param("{id-token: write}", "id-token", "write", id="named"),
        pytest.param("{id-token: write}", "contents", "none", id="not named is none"),
        pytest.param("{}", "id-token", "none", id="empty"),
        pytest.param("{id-token: yes please}", "id-token", "none", id="no access at all"),
    ],
)
def test_permissions(tmp_path: Path, block: str, scope: str, access: str) -> None:
    text = f"on: push\npermissions: {block}\njobs: {{publish: {{runs-on: x}}}}\n"
    (workflow,) = github.load(laid(tmp_path, {RELEASE: text})).workflows
    permissions = workflow.granted(workflow.jobs[0])
    assert permissions is not None
    assert permissions.access(scope) == access


@each_own
def test_callers_are_found(tmp_path: Path, here: str) -> None:
    files = {
        ".github/workflows/ci.yml": f"on: push\njobs:\n  go:\n    uses: {here}.github/workflows/release.yml\n",
        RELEASE: "on: workflow_call\njobs:\n  publish:\n    steps: [run: tpub upload]\n",
    }
    actions = github.load(laid(tmp_path, files))
    called = actions.workflow(RELEASE)
    assert called is not None
    assert [(caller.file, job.id) for caller, job in actions.callers(called)] == [("ci.yml", "go")]


def test_files_that_say_nothing_of_publishing_are_not_even_parsed(tmp_path: Path) -> None:
    actions = github.load(laid(tmp_path, {".github/workflows/lint.yml": "on: [\n", RELEASE: "on: [ # publish\n"}))
    assert [each.message.partition(" ")[0] for each in actions.broken] == [RELEASE]


def called(event: str) -> str:
    return f"on: {event}\njobs: {{publish: {{runs-on: x}}}}\n"


@pytest.mark.parametrize(
    ("files", "read"),
    [
        pytest.param(
            {"a.yml": called("push"), "b.yml": "jobs: {x: {steps: [run: make]}}\n"}, ["a.yml"], id="publishes"
        ),
        pytest.param(
            {"a.yml": called("workflow_call"), "b.yml": "jobs: {x: {uses: ./.github/workflows/a.yml}}\n"},
            ["a.yml", "b.yml"],
            id="calls what publishes",
        ),
        pytest.param(
            {
                "a.yml": called("workflow_call"),
                "b.yml": "on: workflow_call\njobs: {x: {uses: ./.github/workflows/a.yml}}\n",
                "c.yml": "on: push\njobs: {x: {uses: ./.github/workflows/b.yml}}\n",
            },
            ["a.yml", "b.yml", "c.yml"],
            id="calls what calls it",
        ),
        pytest.param(
            {"a.yml": called("release"), "b.yml": "jobs: {x: {steps: [run: gh release create v1]}}\n"},
            ["a.yml", "b.yml"],
            id="makes the release that it waits for",
        ),
        pytest.param(
            {"a.yml": called("workflow_dispatch"), "b.yml": "jobs: {x: {steps: [run: gh release create v1]}}\n"},
            ["a.yml"],
            id="makes a release that nothing waits for",
        ),
        pytest.param(
            {"b.yml": "jobs: {x: {steps: [run: tox -e out]}}\n", "../../tox.ini": "twine"}, ["b.yml"], id="tox"
        ),
        pytest.param({"b.yml": "jobs: {x: {steps: [run: tox -e out]}}\n", "../../tox.ini": "mypy"}, [], id="tox alone"),
        pytest.param(
            {"b.yml": "jobs: {x: {steps: [run: ./ci/go]}}\n", "../../ci/go": "twine"}, ["b.yml"], id="a script"
        ),
        pytest.param(
            {"b.yml": "jobs: {x: {steps: [run: bash go.sh]}}\n", "../../go.sh": "mypy"}, [], id="a script of its own"
        ),
        pytest.param(
            {"b.yml": "jobs: {x: {steps: [run: make out]}}\n", "../../Makefile": "twine"}, ["b.yml"], id="make"
        ),
        pytest.param({"b.yml": "jobs: {x: {steps: [run: make out]}}\n"}, [], id="make alone"),
        pytest.param(
            {"b.yml": "jobs: {x: {steps: [uses: ./ship]}}\n", "../../ship/action.yml": "twine"},
            ["b.yml"],
            id="an action",
        ),
        pytest.param(
            {"b.yml": "jobs: {x: {steps: [uses: $/ship]}}\n", "../../ship/action.yml": "twine"},
            ["b.yml"],
            id="an action of the repository",
        ),
        pytest.param({"run.yml": "jobs: {x: {steps: [run: make]}}\n"}, ["run.yml"], id="the run's own"),
    ],
)
def test_files_are_read_that_have_a_part_in_publishing(tmp_path: Path, files: dict[str, str], read: list[str]) -> None:
    (tmp_path / ".github/workflows").mkdir(parents=True)
    laid(tmp_path, {f".github/workflows/{name}": text for name, text in files.items()})
    actions = github.load(tmp_path, ".github/workflows/run.yml")
    assert [each.file for each in actions.workflows] == read


def test_an_action_outside_of_the_checkout_is_none_of_our_business(tmp_path: Path) -> None:
    assert publishing(tmp_path, {RELEASE: job("      - uses: ./../../etc\n")}) == ()


SHAPES = st.recursive(
    st.sampled_from(
        ["null", "x", "5", "''", "${{ a }}", "write", "tpub upload", "./a", "pypa/gh-action-pypi-publish@x"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(
            st.sampled_from(
                ["on", "jobs", "steps", "run", "uses", "with", "env", "permissions", "environment", "needs"]
            ),
            inner,
            max_size=4,
        ).map(lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"),
    ),
    max_leaves=12,
)


@given(SHAPES, SHAPES)
def test_no_shape_of_a_workflow_is_too_strange(whole: str, jobs: str) -> None:
    for text in (whole, f"on: push\njobs: {{a: {jobs}, b: {{steps: [{jobs}]}}}}"):
        actions = github.of_text(text, RELEASE)
        assert all(found.publish.tool for found in actions.publishing)
        for workflow in actions.workflows:
            assert all(job.name and job.runs_on is not None for job in workflow.jobs)


def test_no_link_leads_out_of_the_checkout(tmp_path: Path) -> None:
    steps = "      - run: twine upload dist/*\n"
    out = laid(tmp_path / "out", {"x.yml": job(steps), "action.yml": f"runs:\n  using: composite\n  steps:\n{steps}"})
    root = laid(tmp_path / "root", {RELEASE: job("      - uses: ./action\n")})
    try:
        (root / ".github/workflows/x.yml").symlink_to(out / "x.yml")
        (root / "action").symlink_to(out, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert github.load(root, RELEASE).publishing == ()


def test_an_action_that_uses_itself_is_read_once(tmp_path: Path) -> None:
    steps = "    - uses: ./a\n" * 40 + "    - run: twine upload dist/*\n"
    action = f"runs:\n  using: composite\n  steps:\n{steps}"
    files = {RELEASE: job("      - uses: ./a\n"), "a/action.yml": action}
    assert len(github.load(laid(tmp_path, files), RELEASE).publishing) == 1


def test_actions_that_use_the_next_many_times_are_read_once_each(tmp_path: Path) -> None:
    def action(number: int) -> str:
        uses = f"    - uses: ./a{number + 1}\n" * 40
        return f"runs:\n  using: composite\n  steps:\n{uses}    - run: twine upload dist/*\n"

    files = {RELEASE: job("      - uses: ./a0\n")} | {f"a{number}/action.yml": action(number) for number in range(8)}
    assert len(github.load(laid(tmp_path, files), RELEASE).publishing) == 8
