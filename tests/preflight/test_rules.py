from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from preflight.cases import archives, beyond, metadata, names, page
from preflight.cases.model import Case
from support import dists
from tpub.outcome import Verdict
from tpub.preflight.catalogue import RULES, find
from tpub.preflight.run import check

CASES = (*names.CASES, *metadata.CASES, *page.CASES, *archives.CASES, *beyond.CASES)

each = pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.code}: {case.title}") for case in CASES])


@each
def test_what_a_rule_refuses(case: Case, tmp_path: Path) -> None:
    *_, judged = case.bad(tmp_path)
    result = check(case.bad(tmp_path), tag=case.tag)
    told = [news for news in result.diagnostics if news.file == judged.name]
    severities = {news.severity for news in told if news.code == case.code}
    assert severities == {find(case.code).severity}
    assert {news.code for news in told if news.is_error} - {*case.also} <= {case.code}


@each
def test_what_it_barely_lets_pass(case: Case, tmp_path: Path) -> None:
    result = check(case.near_miss(tmp_path), tag=case.tag)
    assert case.code not in [news.code for news in result.diagnostics]
    assert result.distributions[-1].verdict is Verdict.ACCEPT


def test_each_rule_has_a_case() -> None:
    assert {rule.code for rule in RULES} - {case.code for case in CASES} == {"file-too-large"}  # see test_sizes


def test_no_two_rules_share_a_code() -> None:
    assert [code for code, number in Counter(rule.code for rule in RULES).items() if number > 1] == []


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.code) for rule in RULES])
def test_each_rule_says_what_why_how_and_whence(rule: object) -> None:
    assert all(getattr(rule, name).strip() for name in ("what", "why", "hint", "source"))


def test_what_a_description_says_does_not_move_the_cursor(tmp_path: Path) -> None:
    meta = dists.metadata(description_content_type="text/x-rst", body="A |\x1b[2J| substitution.\n")
    (told,) = [news for news in check([dists.wheel(tmp_path, meta=meta)]).diagnostics if news.is_error]
    assert (told.code, told.message.isprintable()) == ("description-rst-broken", True)
