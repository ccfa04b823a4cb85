from __future__ import annotations

from pathlib import Path

import pytest

from support.evidence import CI, GITLAB, of, told
from tpub.diagnostic import Line, Severity
from tpub.doctor.diagnose import diagnose, findings
from tpub.doctor.mend import mends

JOB = "publish:\n  id_tokens: {PYPI_ID_TOKEN: {aud: pypi}}\n  script: [tpub upload dist/*]\n"
TEST = (
    JOB.replace("PYPI_ID", "TESTPYPI_ID").replace("aud: pypi", "aud: testpypi").replace("upload", "upload -r testpypi")
)
BOTH = '$CI_COMMIT_TAG && $CI_COMMIT_BRANCH == "main"'
NEVER, IDLE, MERGING = "gl-job-never-runs", "gl-rule-without-effect", "gl-merge-request-publishes"
BESIDE = "gl-rules-beside-only"
RULE = "publish.rules[{}]"
BRANCHES = "workflow:\n  rules:\n    - if: $CI_COMMIT_BRANCH\n    - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n"


def rules(*found: str) -> str:
    return "  rules:\n" + "".join(f"    - {{{each}}}\n" for each in found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(JOB + rules(f"if: '{BOTH}'"), [(NEVER, "publish.rules[0].if")], id="a tag on a branch"),
        pytest.param(
            JOB + rules("if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_TAG =~ /^v/"),
            [(NEVER, "publish.rules[0].if")],
            id="a branch with a tag",
        ),
        pytest.param(
            JOB + rules("if: $CI_PIPELINE_SOURCE == 'merge_request_event' && $CI_COMMIT_TAG"),
            [(NEVER, "publish.rules[0].if")],
            id="a merge request with a tag",
        ),
        pytest.param(
            JOB + rules("if: $CI_MERGE_REQUEST_IID && $CI_COMMIT_BRANCH"),
            [(NEVER, "publish.rules[0].if")],
            id="a merge request with a branch",
        ),
        pytest.param(
            JOB + rules("if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH, when: never", "if: $CI_COMMIT_TAG"),
            [(NEVER, RULE.format(0))],
            id="a guard that keeps all tags out",
        ),
        pytest.param(JOB + rules("when: never", "if: $CI_COMMIT_TAG"), [(NEVER, RULE.format(0))], id="never, first"),
        pytest.param(
            BRANCHES + JOB + rules("if: $CI_COMMIT_TAG"), [(NEVER, "workflow.rules")], id="no pipelines for tags"
        ),
        pytest.param(
            "workflow: {rules: [{if: $CI_COMMIT_TAG, when: never}, {when: always}]}\n" + JOB + "  only: [tags]\n",
            [(NEVER, "workflow.rules")],
            id="pipelines for all but tags",
        ),
        pytest.param(
            BRANCHES + JOB + rules("if: $CI_COMMIT_TAG", "if: $CI_COMMIT_BRANCH == 'main', when: manual"),
            [(NEVER, "workflow.rules")],
            id="none for tags, though for branches",
        ),
        pytest.param(
            "workflow: {rules: [{if: $CI_COMMIT_TAG}]}\n" + JOB + "  only: [main]\n  except: [tags]\n",
            [(NEVER, "workflow.rules")],
            id="none for branches",
        ),
        pytest.param(
            JOB + "  only: [tags]\n  except: [tags]\n", [(NEVER, "publish.except")], id="let in and taken out"
        ),
        pytest.param(
            JOB + "  only: {refs: [tags], variables: [$CI_COMMIT_BRANCH]}\n",
            [(NEVER, "publish.only")],
            id="tags, and of these those of a branch",
        ),
        pytest.param(
            f".a: {{rules: [{{if: '{BOTH}'}}]}}\n{JOB}  rules: [!reference [.a, rules]]\n",
            [(NEVER, ".a.rules[0].if")],
            id="rules of a template",
        ),
        pytest.param(
            f".a: '{BOTH}'\n{JOB}  rules: [{{if: !reference [.a]}}]\n",
            [(NEVER, "publish.rules[0].if")],
            id="a condition of a template",
        ),
        pytest.param(
            JOB + rules(f"if: '{BOTH}'", "if: $CI_COMMIT_TAG =~ /^v/"),
            [(IDLE, "publish.rules[0].if")],
            id="one rule of two",
        ),
        pytest.param(
            JOB + rules("if: $CI_COMMIT_TAG", "if: $CI_COMMIT_TAG =~ /rc/, when: never"),
            [(IDLE, RULE.format(1))],
            id="never, too late",
        ),
        pytest.param(
            JOB + rules("when: manual", "if: $CI_COMMIT_TAG"), [(IDLE, RULE.format(1))], id="by hand, and never else"
        ),
        pytest.param(
            JOB + rules("if: $CI_COMMIT_TAG", "if: $CI_PIPELINE_SOURCE == 'merge_request_event'"),
            [(MERGING, RULE.format(1))],
            id="merge requests",
        ),
        pytest.param(JOB + rules("when: always"), [(MERGING, RULE.format(0))], id="always"),
        pytest.param(
            f"publish:\n  script: [twine upload -p $TOKEN d]\n{rules(f'if: {BOTH!r}')}",
            [(NEVER, "publish.rules[0].if")],
            id="with a stored token",
        ),
        pytest.param(JOB + "  only: [merge_requests]\n", [(MERGING, "publish.only")], id="merge requests, the old way"),
    ],
)
def test_what_rules_make_of_a_job(tmp_path: Path, text: str, found: list[tuple[str, str]]) -> None:
    assert told(of(tmp_path, {CI: text})) == found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(JOB, id="none"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG"), id="tags"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG && $CI_COMMIT_REF_PROTECTED == 'true'"), id="protected tags"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG && $CI_COMMIT_REF_NAME == 'main'"), id="a tag of any name"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG && $RELEASE == 'yes'"), id="a variable of the project's"),
        pytest.param(
            f"variables: {{RELEASE: 'no'}}\n{JOB}{rules('if: $RELEASE == 1')}", id="which overrides the file's"
        ),
        pytest.param(f"variables: {{CI_COMMIT_BRANCH: main}}\n{JOB}{rules(f'if: {BOTH!r}')}", id="a name taken over"),
        pytest.param(
            f"workflow: {{rules: [{{variables: {{CI_COMMIT_BRANCH: main}}}}]}}\n{JOB}{rules(f'if: {BOTH!r}')}",
            id="a name taken over by a rule",
        ),
        pytest.param(JOB + rules("when: never"), id="switched off"),
        pytest.param("workflow: {rules: [{when: never}]}\n" + JOB, id="all switched off"),
        pytest.param(JOB + "  rules: []\n", id="no rules at all"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG &&"), id="a condition that is none"),
        pytest.param(JOB + rules(*[f"if: '{BOTH}'"] * 101), id="more rules than are looked at"),
        pytest.param(
            "".join(f".a{n}: {{rules: [{', '.join([f'!reference [.a{n + 1}, rules]'] * 9)}]}}\n" for n in range(9))
            + f".a9: {{rules: [{{if: '{BOTH}'}}]}}\n{JOB}  rules: [!reference [.a0, rules]]\n",
            id="references that multiply",
        ),
        pytest.param(JOB + "  rules: [!reference [.there, rules]]\n", id="rules from elsewhere"),
        pytest.param(f"include: [{{project: a/b, file: c}}]\n{JOB}  extends: .there\n", id="a template from elsewhere"),
        pytest.param(
            f".a: {{extends: .there, rules: [{{if: '{BOTH}'}}]}}\n{JOB}  extends: .a\n",
            id="a template from elsewhere, further up",
        ),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG, changes: [x]", "when: manual"), id="what was changed"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG", "if: $CI_COMMIT_TAG =~ /^v/"), id="said twice"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG =~ /rc/, when: never", "if: $CI_COMMIT_TAG"), id="in order"),
        pytest.param(JOB + rules(f"if: '{BOTH}', when: never", "if: $CI_COMMIT_TAG"), id="a guard without effect"),
        pytest.param(BRANCHES + JOB + rules("if: $CI_COMMIT_BRANCH == 'main'"), id="branches"),
        pytest.param(BRANCHES + JOB, id="branches, and none for tags"),
        pytest.param(JOB + "  only: [/^v.*$/, main@group/sample]\n  except: [branches]\n", id="the old way"),
        pytest.param(JOB + "  only: {variables: [$X], changes: [y]}\n", id="the old way, unknown"),
        pytest.param(JOB + "  only: [schedules, web, merge_requests]\n  when: manual\n", id="by source"),
        pytest.param(JOB + rules("when: manual"), id="merge requests, by hand"),
        pytest.param(
            f".a: {{only: [tags]}}\n{JOB}  extends: .a\n  only: null\n" + rules("if: $CI_COMMIT_TAG"), id="undone"
        ),
        pytest.param(f".a: {{rules: [{{if: '{BOTH}'}}]}}\n{JOB}  extends: .a\n  rules: null\n", id="no rules again"),
        pytest.param(JOB + "  when: manual\n" + rules("if: $CI_MERGE_REQUEST_IID"), id="by hand, all of it"),
        pytest.param(TEST + rules("when: always"), id="merge requests, to TestPyPI"),
        pytest.param(
            JOB.replace("[tpub", "['[ -n \"$CI_COMMIT_TAG\" ] || exit 0', tpub") + rules("when: always"),
            id="a script that decides",
        ),
        pytest.param(
            f"include: [{{template: Workflows/Branch-Pipelines.gitlab-ci.yml}}]\n{JOB}{rules('when: always')}",
            id="a workflow of GitLab's",
        ),
        pytest.param(
            f"include: [{{project: a/b, file: c}}]\n{JOB}{rules('when: always')}",
            id="perhaps a workflow from elsewhere",
        ),
        pytest.param(f"workflow: {{rules: [{{if: $X}}]}}\n{JOB}{rules('when: always')}", id="a workflow that depends"),
    ],
)
def test_right_and_unknown_rules_get_nothing(tmp_path: Path, text: str) -> None:
    assert told(of(tmp_path, {CI: text})) == []


@pytest.mark.parametrize(
    ("child", "found"),
    [
        pytest.param("if: $CI_PIPELINE_SOURCE == 'push'", [(NEVER, "publish.rules[0].if")], id="a push"),
        pytest.param("if: $CI_PIPELINE_SOURCE == 'parent_pipeline' && $CI_COMMIT_TAG", [], id="its parent"),
        pytest.param("if: $CI_COMMIT_TAG", [], id="a tag"),
    ],
)
def test_a_child_pipeline_is_started_by_its_parent(tmp_path: Path, child: str, found: list[tuple[str, str]]) -> None:
    files = {CI: "child:\n  trigger: {include: ci/child.yml}\n", "ci/child.yml": JOB + rules(child)}
    assert told(of(tmp_path, files)) == found


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        pytest.param(
            BOTH,
            "those of a tag have no CI_COMMIT_BRANCH, and those of a branch no CI_COMMIT_TAG",
            id="a tag and a branch",
        ),
        pytest.param(
            "$CI_PIPELINE_SOURCE == 'merge_request_event' && $CI_COMMIT_TAG",
            "those of a merge request have neither CI_COMMIT_BRANCH nor CI_COMMIT_TAG",
            id="a merge request and a tag",
        ),
        pytest.param(
            "$CI_PIPELINE_SOURCE == 'tag'",
            "CI_PIPELINE_SOURCE is never `tag`: pushes, those of tags too, are `push`",
            id="no such source",
        ),
        pytest.param("$CI_COMMIT_TAG == /^v/", "`==` compares texts: patterns want `=~`", id="a pattern, compared"),
        pytest.param(
            r"$CI_COMMIT_TAG =~ /^refs\/tags\/v/",
            "names of branches and tags come without `refs/heads/` and `refs/tags/`",
            id="a name with its folder",
        ),
    ],
)
def test_why_a_condition_is_never_true(tmp_path: Path, condition: str, why: str) -> None:
    text = f"{JOB}  rules:\n    - if: >-\n        {condition}\n"
    (found,) = diagnose(of(tmp_path, {CI: text}, {"TPUB_TOKEN": "x"}))
    assert found.message == f"job `publish` never runs: `if: {condition}` is true in no pipeline, for {why}"


def test_what_is_told_of_a_job_that_never_runs(tmp_path: Path) -> None:
    (found,) = diagnose(of(tmp_path, {CI: JOB + rules(f"if: '{BOTH}'")}, GITLAB | {"PYPI_ID_TOKEN": ""}))[:1]
    assert (found.severity, found.message, found.hint, found.evidence) == (
        Severity.WARNING,
        (
            f"job `publish` never runs: `if: {BOTH}` is true in no pipeline, for those of a tag have no "
            "CI_COMMIT_BRANCH, and those of a branch no CI_COMMIT_TAG"
        ),
        "Write `- if: $CI_COMMIT_TAG` for tags; who may push them is set under Settings, Repository, Protected tags.",
        (Line(CI, 5, 8, "publish.rules[0].if"),),
    )


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        pytest.param(
            JOB + "  only: [tags]\n" + rules("if: $CI_COMMIT_TAG"), JOB + rules("if: $CI_COMMIT_TAG"), id="rules alone"
        ),
        pytest.param(JOB + rules(f"if: '{BOTH}'"), JOB + rules("if: '$CI_COMMIT_TAG'"), id="the branch, behind"),
        pytest.param(
            JOB + rules("if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_TAG"),
            JOB + rules("if: $CI_COMMIT_TAG"),
            id="the branch, before",
        ),
        pytest.param(
            BRANCHES + JOB + rules("if: $CI_COMMIT_TAG"),
            BRANCHES.replace("rules:\n", "rules:\n    - if: $CI_COMMIT_TAG\n") + JOB + rules("if: $CI_COMMIT_TAG"),
            id="a rule for tags",
        ),
        pytest.param(
            "workflow: {rules: [{if: $CI_COMMIT_TAG, when: never}, {when: always}]}\n" + JOB + "  only: [tags]\n",
            "workflow: {rules: [{if: $CI_COMMIT_TAG}, {if: $CI_COMMIT_TAG, when: never}, {when: always}]}\n"
            f"{JOB}  only: [tags]\n",
            id="a rule for tags, between brackets",
        ),
    ],
)
def test_a_mend_lets_the_job_run(tmp_path: Path, text: str, mended: str) -> None:
    (mend,) = mends(tmp_path, findings(of(tmp_path, {CI: text})))
    assert mend.after == mended
    assert told(of(tmp_path, {CI: mended})) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f".a: &a {{if: '{BOTH}'}}\n{JOB}  rules: [{{<<: *a}}]\n", id="an anchor, which others may use"),
        pytest.param(JOB + rules("if: $CI_COMMIT_BRANCH == 'a' && $CI_COMMIT_TAG && $X"), id="it may not help"),
        pytest.param(JOB + rules("if: $CI_COMMIT_TAG && $CI_MERGE_REQUEST_IID"), id="nobody knows what is meant"),
    ],
)
def test_what_is_not_mended(tmp_path: Path, text: str) -> None:
    found = findings(of(tmp_path, {CI: text}))
    assert (
        [each.diagnostic.code for each in found if each.diagnostic.is_error or each.edits],
        mends(tmp_path, found),
    ) == (
        [],
        [],
    )
