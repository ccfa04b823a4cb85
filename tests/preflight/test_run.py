from __future__ import annotations

from pathlib import Path

import pytest

from support import dists
from tpub.diagnostic import Diagnostic, Severity
from tpub.errors import ConfigError
from tpub.outcome import DistributionSummary, Verdict
from tpub.preflight.run import CheckResult, check


def codes(result: CheckResult) -> list[tuple[str, Severity]]:
    return [(diagnostic.code, diagnostic.severity) for diagnostic in result.diagnostics]


def test_a_good_file(tmp_path: Path) -> None:
    path = dists.wheel(tmp_path)
    result = check([path])
    summary = result.distributions[0]
    assert summary == DistributionSummary(
        file=path.name,
        path=str(path),
        kind="wheel",
        project="sampleproject",
        version="1.0",
        size=path.stat().st_size,
        sha256=summary.sha256,
        verdict=Verdict.ACCEPT,
    )
    assert not result.has_errors


def odd_name(folder: Path) -> Path:
    return dists.sdist(folder, filename="sampleproject\x07-1.0.tar.gz")


def test_an_error_refuses_its_file_alone(tmp_path: Path) -> None:
    result = check([dists.sdist(tmp_path), odd_name(tmp_path / "odd")])
    assert [summary.verdict for summary in result.distributions] == [Verdict.ACCEPT, Verdict.REFUSE]
    assert result.has_errors


def test_an_ignored_error_is_a_warning(tmp_path: Path) -> None:
    ignored = ["filename-control-character"]
    told = check([odd_name(tmp_path)], ignore=ignored, strict=True).diagnostics
    assert ("filename-control-character", Severity.WARNING) in [(each.code, each.severity) for each in told]


def test_other_indexes_are_not_held_to_the_rules_of_pypi(tmp_path: Path) -> None:
    told = check([odd_name(tmp_path)], is_pypi=False).diagnostics
    assert "filename-control-character" not in [each.code for each in told]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = check([tmp_path / "gone-1.0.tar.gz"])
    assert result.diagnostics == (
        Diagnostic(
            "file-unreadable",
            "the file cannot be read: No such file or directory",
            "Check the path and the file's permissions.",
            file="gone-1.0.tar.gz",
        ),
    )
    assert result.distributions[0].verdict is Verdict.REFUSE


def test_no_file_at_all() -> None:
    assert check([]) == CheckResult((), ())


def test_a_code_that_no_rule_has(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        check([dists.wheel(tmp_path)], ignore=["filename-control-char"])
    told = caught.value.diagnostic
    assert (told.code, told.hint) == ("rule-unknown", "Use `filename-control-character`.")
