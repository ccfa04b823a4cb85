from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from support.checkouts import laid
from tpub.workflow import gitlab
from tpub.workflow.gitlab import component
from tpub.workflow.gitlab.model import Job

CI = ".gitlab-ci.yml"


def job(root: Path, text: str, name: str = "publish", **more: str) -> Job:
    (pipeline, *_) = gitlab.load(
        laid(root, {CI: text, **{path.replace("_", "/"): each for path, each in more.items()}})
    )
    found = pipeline.job(name)
    assert found is not None
    return found


TOKENS = "id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        pytest.param(f"publish:\n  {TOKENS}\n", {"PYPI_ID_TOKEN": ("pypi",)}, id="own"),
        pytest.param(f"default:\n  {TOKENS}\npublish:\n  script: x\n", {"PYPI_ID_TOKEN": ("pypi",)}, id="default"),
        pytest.param(
            f"default:\n  {TOKENS}\npublish:\n  id_tokens: {{X: {{aud: y}}}}\n",
            {"X": ("y",)},
            id="the default is not merged in",
        ),
        pytest.param(f"default:\n  {TOKENS}\npublish:\n  inherit: {{default: false}}\n", {}, id="nothing inherited"),
        pytest.param(
            f"default:\n  {TOKENS}\npublish:\n  inherit: {{default: [image]}}\n", {}, id="only something else inherited"
        ),
        pytest.param(
            f"default:\n  {TOKENS}\npublish:\n  inherit: {{default: [id_tokens]}}\n",
            {"PYPI_ID_TOKEN": ("pypi",)},
            id="this one inherited",
        ),
        pytest.param(
            f".a:\n  {TOKENS}\npublish:\n  extends: .a\n  id_tokens: {{X: {{aud: y}}}}\n",
            {"PYPI_ID_TOKEN": ("pypi",), "X": ("y",)},
            id="extends is merged in",
        ),
        pytest.param(f".a:\n  {TOKENS}\npublish:\n  extends: .a\n  id_tokens: null\n", {}, id="null undoes it"),
        pytest.param(
            f".a:\n  {TOKENS}\n.b:\n  {TOKENS.replace('pypi', 'b')}\npublish:\n  extends: [.a, .b]\n",
            {"PYPI_ID_TOKEN": ("b",)},
            id="of two parents, the last counts",
        ),
        pytest.param(f".a: &a\n  {TOKENS}\npublish:\n  <<: *a\n", {"PYPI_ID_TOKEN": ("pypi",)}, id="merge key"),
        pytest.param(
            f".a:\n  {TOKENS}\npublish:\n  id_tokens: !reference [.a, id_tokens]\n",
            {"PYPI_ID_TOKEN": ("pypi",)},
            id="reference",
        ),
        pytest.param(
            "publish:\n  id_tokens: {X: {aud: [a, b]}, Y: {}}\n", {"X": ("a", "b"), "Y": ()}, id="many, and none"
        ),
        pytest.param(".a: {extends: publish}\npublish:\n  extends: .a\n", {}, id="a circle"),
    ],
)
def test_identity_tokens_of_a_job(tmp_path: Path, text: str, tokens: dict[str, tuple[str, ...]]) -> None:
    found = job(tmp_path, text).id_tokens
    assert {name: token.audiences for name, token in found.items()} == tokens


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("publish: {environment: release}\n", "release", id="a word"),
        pytest.param("publish: {environment: {name: release, url: x}}\n", "release", id="a mapping"),
        pytest.param(
            ".a: {environment: {name: release}}\npublish: {extends: .a, environment: {url: x}}\n",
            "release",
            id="merged",
        ),
        pytest.param("publish: {environment: null, script: x}\n", None, id="null"),
        pytest.param("publish: {script: x}\n", None, id="none"),
    ],
)
def test_the_environment_of_a_job(tmp_path: Path, text: str, name: str | None) -> None:
    found = job(tmp_path, text).environment
    assert (found.text if found is not None else None) == name


def test_a_script_is_gathered_from_references_and_nested_lists(tmp_path: Path) -> None:
    text = (
        ".s:\n  script: [a, [b]]\npublish:\n  before_script: first\n  script:\n    - !reference [.s, script]\n    - c\n"
    )
    assert [line.text for line in job(tmp_path, text).script] == ["first", "a", "b", "c"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("before_script: [a]\npublish: {script: b}\n", ["a", "b"], id="at the top, as of old"),
        pytest.param("before_script: [a]\npublish: {before_script: [c], script: b}\n", ["c", "b"], id="the job's own"),
        pytest.param(
            "before_script: [a]\ndefault: {before_script: [d]}\npublish: {script: b}\n", ["d", "b"], id="default"
        ),
        pytest.param(
            "before_script: [a]\npublish: {inherit: {default: false}, script: b}\n", ["b"], id="not inherited"
        ),
        pytest.param("script: [a]\npublish: {script: b}\n", ["b"], id="no key of that kind"),
    ],
)
def test_what_is_said_for_all_jobs(tmp_path: Path, text: str, lines: list[str]) -> None:
    assert [line.text for line in job(tmp_path, text).script] == lines


UPLOAD = "script: 'twine upload -r $WHERE'"


@pytest.mark.parametrize(
    ("text", "index"),
    [
        pytest.param(f"publish: {{variables: {{WHERE: testpypi}}, {UPLOAD}}}\n", "testpypi", id="of the job"),
        pytest.param(
            f"variables: {{A: test, WHERE: '${{A}}pypi'}}\npublish: {{{UPLOAD}}}\n", "testpypi", id="one of another"
        ),
        pytest.param(
            f"variables: {{WHERE: {{value: testpypi, description: to}}}}\npublish: {{{UPLOAD}}}\n",
            "testpypi",
            id="described",
        ),
        pytest.param(
            f"include: ci/a.yml\nvariables: {{B: x}}\npublish: {{{UPLOAD}}}\n", "testpypi", id="of an included file"
        ),
        pytest.param(
            f"publish: {{{UPLOAD}, before_script: [export WHERE=testpypi]}}\n", "testpypi", id="set by the script"
        ),
        pytest.param(
            "variables: {WHERE: testpypi}\n" + f"publish: {{inherit: {{variables: false}}, {UPLOAD}}}\n",
            "$WHERE",
            id="not inherited",
        ),
        pytest.param(
            f"variables: {{WHERE: testpypi}}\npublish: {{inherit: {{variables: [WHERE]}}, {UPLOAD}}}\n",
            "testpypi",
            id="inherited by name",
        ),
        pytest.param(
            f"publish: {{variables: {{WHERE: testpypi}}, rules: [{{if: $X, variables: {{WHERE: pypi}}}}], {UPLOAD}}}\n",
            "$WHERE",
            id="a rule decides",
        ),
        pytest.param(
            f"publish: {{parallel: {{matrix: [{{WHERE: [pypi, testpypi]}}]}}, {UPLOAD}}}\n", "$WHERE", id="a matrix"
        ),
        pytest.param(f"publish: {{variables: {{WHERE: $WHERE}}, {UPLOAD}}}\n", "$WHERE", id="by itself"),
        pytest.param(f"publish: {{{UPLOAD}}}\n", "$WHERE", id="nowhere"),
    ],
)
def test_the_index_is_what_variables_stand_for(tmp_path: Path, text: str, index: str) -> None:
    files = {CI: text, "ci/a.yml": "variables: {WHERE: testpypi}\n"}
    (pipeline,) = gitlab.load(laid(tmp_path, files))
    ((_, publish),) = pipeline.publishing
    assert publish.index == index


def test_a_secret_of_a_vault_is_one_that_is_stored(tmp_path: Path) -> None:
    text = "publish: {secrets: {TWINE_PASSWORD: {vault: a/b, token: $T}}, script: twine upload d}\n"
    (publish,) = job(tmp_path, text).publishes
    assert [(secret.name, secret.value) for secret in publish.secrets] == [("TWINE_PASSWORD", "$TWINE_PASSWORD")]


def test_publishing_commands_and_their_variables(tmp_path: Path) -> None:
    text = "variables: {TWINE_REPOSITORY: testpypi}\n.hidden: {script: twine upload}\n"
    text += (
        "publish:\n  variables: {TWINE_PASSWORD: $X}\n  script:\n    - export TWINE_USERNAME=me\n    - twine upload d\n"
    )
    (pipeline,) = gitlab.load(laid(tmp_path, {CI: text}))
    ((found, publish),) = pipeline.publishing
    secrets = [(secret.name, secret.value) for secret in publish.secrets]
    assert (found.name, publish.index, publish.username, secrets, publish.line.line) == (
        *("publish", "testpypi", "me", [("TWINE_PASSWORD", "$X")]),
        7,
    )


@pytest.mark.parametrize(
    ("include", "is_whole"),
    [
        pytest.param("include: ci/a.yml\n", True, id="a word"),
        pytest.param("include: [{local: /ci/a.yml}]\n", True, id="local, from the root"),
        pytest.param("include: {local: 'ci/*.yml'}\n", True, id="a pattern"),
        pytest.param("include: [ci/a.yml, {project: x/y, file: z}]\n", False, id="another project as well"),
        pytest.param("include: [ci/a.yml, {template: x.yml}]\n", True, id="a template of GitLab's own"),
        pytest.param(
            "include: ci/a.yml\nx: {trigger: {include: [{artifact: a.yml, job: b}]}}\n",
            False,
            id="a child that a job makes",
        ),
    ],
)
def test_includes(tmp_path: Path, include: str, is_whole: bool) -> None:  # noqa: FBT001  (the expected value)
    files = {CI: include, "ci/a.yml": "include: /.gitlab-ci.yml\npublish: {script: tpub upload}\n"}
    (pipeline,) = gitlab.load(laid(tmp_path, files))
    ((found, _),) = pipeline.publishing
    assert (pipeline.path, found.line.path, pipeline.is_whole) == (CI, "ci/a.yml", is_whole)


@pytest.mark.parametrize(
    ("pattern", "jobs"),
    [
        pytest.param("ci/*.yml", ["a"], id="in a folder"),
        pytest.param("ci/**.yml", ["a", "b", "c"], id="and in those below"),
        pytest.param("/ci/**/*.yml", ["b", "c"], id="only in those below"),
        pytest.param("**/c.yml", ["c"], id="anywhere"),
        pytest.param("ci/*/*", ["b"], id="two"),
        pytest.param("no/*.yml", [], id="no such folder"),
        pytest.param("../**.yml", [], id="outside"),
        pytest.param("c[i/*.yml", [], id="what is no pattern is taken as it is"),
    ],
)
def test_patterns_of_includes(tmp_path: Path, pattern: str, jobs: list[str]) -> None:
    files = {"ci/a.yml": "a: {script: x}\n", "ci/d/b.yml": "b: {script: x}\n", "ci/d/e/c.yml": "c: {script: x}\n"}
    files |= {"ci/a.txt": "t: {script: x}\n", ".git/c.yml": "g: {script: x}\n"}
    (pipeline,) = gitlab.load(laid(tmp_path / "in", {CI: f"include: '{pattern}'\n", **files}))
    assert sorted(job.name for job in pipeline.jobs) == jobs


@pytest.mark.parametrize(
    "include", [pytest.param("../x.yml", id="outside"), pytest.param("https://x/y.yml", id="a URL")]
)
def test_what_is_not_in_the_checkout_is_not_read(tmp_path: Path, include: str) -> None:
    laid(tmp_path, {"x.yml": "publish: {script: tpub upload}\n"})
    (pipeline,) = gitlab.load(laid(tmp_path / "in", {CI: f"include: '{include}'\n"}))
    assert (pipeline.jobs, pipeline.is_whole) == ((), False)


def test_the_including_file_wins_and_the_rest_is_merged(tmp_path: Path) -> None:
    files = {
        CI: f"include: a.yml\npublish: {{{TOKENS}}}\n",
        "a.yml": "publish: {script: tpub upload, id_tokens: null}\n",
    }
    (pipeline,) = gitlab.load(laid(tmp_path, files))
    ((found, _),) = pipeline.publishing
    assert (found.line.path, [*found.id_tokens]) == (CI, ["PYPI_ID_TOKEN"])


def test_child_pipelines_have_files_of_their_own(tmp_path: Path) -> None:
    files = {CI: "go: {trigger: {include: ci/child.yml}}\n", "ci/child.yml": "publish: {script: tpub upload}\n"}
    pipelines = gitlab.load(laid(tmp_path, files))
    assert [(each.path, len(each.publishing)) for each in pipelines] == [(CI, 0), ("ci/child.yml", 1)]


TEMPLATE = """\
spec:
  inputs:
    job: {default: publish}
    index: {default: pypi}
    environment:
---
$[[ inputs.job ]]:
  environment: $[[ inputs.environment ]]
  id_tokens:
    $[[ inputs.index | expand_vars ]]_ID_TOKEN: {aud: "$[[inputs.index]]"}
  script:
    - tpub upload --index $[[ inputs.index ]] dist/*
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "include: [{local: t.yml}]\n", [("publish", "pypi", "$[[ inputs.environment ]]", ("pypi",))], id="defaults"
        ),
        pytest.param(
            "include:\n  - {local: t.yml, inputs: {environment: release}}\n"
            "  - {local: t.yml, inputs: {job: rehearse, index: testpypi, environment: {name: test, url: x}}}\n",
            [("publish", "pypi", "release", ("pypi",)), ("rehearse", "testpypi", "test", ("testpypi",))],
            id="twice",
        ),
        pytest.param(
            "spec: {inputs: {to: {default: testpypi}}}\n---\n"
            "include: {local: t.yml, inputs: {index: '$[[ inputs.to ]]', environment: e}}\n",
            [("publish", "testpypi", "e", ("testpypi",))],
            id="handed on",
        ),
        pytest.param(
            "start:\n  trigger: {include: [{local: t.yml, inputs: {job: child, environment: e}}]}\n",
            [("child", "pypi", "e", ("pypi",))],
            id="of a child pipeline",
        ),
    ],
)
def test_inputs_are_filled_in(tmp_path: Path, text: str, found: list[tuple[str, str, str, tuple[str, ...]]]) -> None:
    pipelines = gitlab.load(laid(tmp_path, {CI: text, "t.yml": TEMPLATE}))
    jobs = [
        (job.name, publish.index, job.environment.text if job.environment else "", token.audiences)
        for pipeline in pipelines
        for job, publish in pipeline.publishing
        for token in job.id_tokens.values()
    ]
    assert sorted(jobs) == found


def test_what_an_input_fills_in_stands_where_its_name_does(tmp_path: Path) -> None:
    text = "include: {local: t.yml, inputs: {environment: {name: release}}}\n"
    (pipeline,) = gitlab.load(laid(tmp_path, {CI: text, "t.yml": TEMPLATE}))
    ((found, publish),) = pipeline.publishing
    assert found.environment is not None
    assert (found.environment.line.line, found.line.line, publish.line.line) == (8, 7, 12)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        pytest.param("spec: {inputs: {job: }}", "$[[ inputs.job ]]", id="no default"),
        pytest.param("spec: [inputs]", "$[[ inputs.job ]]", id="another shape"),
        pytest.param("# inputs", "$[[ inputs.job ]]", id="no header"),
    ],
)
def test_an_input_without_a_value_stays(tmp_path: Path, header: str, name: str) -> None:
    text = f"{header}\n---\n$[[ inputs.job ]]: {{script: [a, '$[[ inputs.x ]]']}}\n"
    files = {CI: "include: t.yml\n", "t.yml": text}
    (pipeline,) = gitlab.load(laid(tmp_path, files))
    assert [job.name for job in pipeline.jobs] == [name]


def test_tokens_where_jobs_stand_are_misplaced(tmp_path: Path) -> None:
    (pipeline,) = gitlab.load(laid(tmp_path, {CI: f"x: {{script: y}}\n{TOKENS}\n"}))
    assert pipeline.misplaced is not None
    assert pipeline.misplaced.line.line == 2


SHAPES = st.recursive(
    st.sampled_from(
        ["null", "x", "5", "''", "$A", "tpub upload", ".a", "a.yml", "!reference [a, script]", "!reference []"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(
            st.sampled_from(
                ["script", "extends", "id_tokens", "aud", "environment", "name", "inherit", "default", "trigger"]
            ),
            inner,
            max_size=4,
        ).map(lambda d: "{" + ", ".join(f"{k}: {v}" for k, v in d.items()) + "}"),
    ),
    max_leaves=12,
)


@given(SHAPES, SHAPES, SHAPES)
def test_no_shape_of_a_pipeline_is_too_strange(
    tmp_path_factory: pytest.TempPathFactory, a: str, b: str, default: str
) -> None:
    root = tmp_path_factory.mktemp("gitlab")
    text = f"default: {default}\na: {a}\nb: {b}\n.a: {{extends: [a, b]}}\ninclude: {a}\n"
    for pipeline in gitlab.load(laid(root, {CI: text})):
        assert all(found.tool for _, found in pipeline.publishing)
        assert all(name for each in pipeline.jobs for name in each.id_tokens)
        assert all(each.environment is None or each.environment.text for each in pipeline.jobs)


COMPONENT = "$CI_SERVER_FQDN/acme/tpub/publish@1.0"


@pytest.mark.parametrize(
    ("include", "found"),
    [
        pytest.param(f"[{{component: {COMPONENT}}}]", {"publish": ("pypi", "pypi")}, id="as it is"),
        pytest.param(f"{{component: {COMPONENT}}}", {"publish": ("pypi", "pypi")}, id="alone"),
        pytest.param(
            f"[{{component: {COMPONENT}, inputs: {{index: testpypi, environment: test, job: rehearse}}}}]",
            {"rehearse": ("testpypi", "test")},
            id="with inputs",
        ),
        pytest.param(
            f"[{{component: {COMPONENT}}}, {{component: {COMPONENT}, inputs: {{job: other}}}}]",
            {"publish": ("pypi", "pypi"), "other": ("pypi", "pypi")},
            id="twice",
        ),
        pytest.param("[{component: gitlab.com/acme/tpub/other@1.0}]", {}, id="another component of the project"),
        pytest.param("[{component: gitlab.com/acme/nottpub/publish@1.0}]", {}, id="of another project"),
    ],
)
def test_the_component_of_tpub_brings_its_job(tmp_path: Path, include: str, found: dict[str, tuple[str, str]]) -> None:
    (pipeline,) = gitlab.load(laid(tmp_path, {CI: f"include: {include}\n"}))
    jobs = {job.name: (publish.index, job.environment) for job, publish in pipeline.publishing}
    assert {name: (index, place.text if place else None) for name, (index, place) in jobs.items()} == found
    assert pipeline.is_whole == bool(found)


def test_of_what_a_component_brings_the_inputs_alone_are_written(tmp_path: Path) -> None:
    text = f"include:\n  - component: {COMPONENT}\n    inputs:\n      environment: release\n"
    place = job(tmp_path, text).environment
    assert place is not None
    assert (place.is_written, place.line.line) == (True, 4)
    place = job(tmp_path, f"include:\n  - component: {COMPONENT}\n").environment
    assert place is not None
    assert (place.is_written, place.line.line) == (False, 2)


def test_what_a_project_says_of_the_job_counts_more(tmp_path: Path) -> None:
    found = job(tmp_path, f"publish: {{environment: mine}}\ninclude: [{{component: {COMPONENT}}}]\n")
    assert found.environment is not None
    assert (found.environment.text, list(found.id_tokens)) == ("mine", list(component.AUDIENCES))


@pytest.mark.parametrize("include", ["in.yml", "i*.yml"])
def test_no_link_leads_out_of_the_checkout(tmp_path: Path, include: str) -> None:
    out = laid(tmp_path / "out", {"x.yml": "job:\n  script: twine upload dist/*\n"})
    root = laid(tmp_path / "root", {".gitlab-ci.yml": f"include: '{include}'\n"})
    try:
        (root / "in.yml").symlink_to(out / "x.yml")
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert [each.files for each in gitlab.load(root)] == [(".gitlab-ci.yml",)]
