from __future__ import annotations

from pathlib import Path
from random import Random
from typing import NoReturn

import pytest

from support import dists
from tpub.diagnostic import Diagnostic, Field, Severity
from tpub.errors import ConfigError
from tpub.outcome import DistributionSummary, Verdict
from tpub.preflight.context import Context
from tpub.preflight.run import CheckResult, check, judge


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


def test_large_archives_that_are_looked_into_at_once_are_judged_each_for_itself(tmp_path: Path) -> None:
    noise = Random(1).randbytes(300_000)  # noqa: S311
    tags = [f"cp31{minor}-none-any" for minor in range(6)]
    paths = [dists.wheel(tmp_path, tag=tag, files={"sampleproject/noise": noise}) for tag in tags]
    damaged = paths[3].read_bytes()
    paths[3].write_bytes(damaged.replace(noise[1000:1100], bytes(100)))
    result = check(paths)
    assert [summary.verdict for summary in result.distributions].count(Verdict.ACCEPT) >= 5
    assert {told.file for told in result.diagnostics if told.code.startswith(("zip-", "record-"))} == {paths[3].name}


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


def test_a_warning_can_be_left_out_or_stop_a_release(tmp_path: Path) -> None:
    path = dists.sdist(tmp_path, meta=dists.metadata(Requires_Python=""))
    assert codes(check([path])) == [("requires-python-missing", Severity.WARNING)]
    assert codes(check([path], ignore=["requires-python-missing"])) == []
    strict = check([path], strict=True)
    assert codes(strict) == [("requires-python-missing", Severity.ERROR)]
    assert strict.distributions[0].verdict is Verdict.REFUSE


class Odd(Context):
    """A file whose name no rule can read, and none that compares files."""

    @property
    def wheel_name(self) -> NoReturn:
        raise LookupError

    @property
    def project(self) -> NoReturn:
        raise LookupError


def test_a_rule_that_fails_stops_nothing(tmp_path: Path) -> None:
    good = dists.wheel(tmp_path)
    told = judge([Odd(good)]).diagnostics
    assert {(each.code, each.severity) for each in told} == {("rule-failed", Severity.NOTE)}


def test_nobody_reads_a_thousand_times_the_same(tmp_path: Path) -> None:
    meta = dists.metadata(extra="Requires-Dist: a b\n" * 1000)
    told = check([dists.sdist(tmp_path, meta=meta)]).diagnostics
    assert len(told) == 25


@pytest.mark.parametrize(
    ("extra", "replaced", "field"),
    [
        pytest.param("Metadata-Version: 2.4\nLicense: a\nLicense: b\n", {}, "License", id="unread: from A to Z"),
        pytest.param("Metadata-Version: 2.4\nName: sampleproject\n", {}, "Name", id="unread: but the name first"),
        pytest.param("Summary: a\nSummary: b\n", {"Metadata_Version": "2.0"}, "Summary", id="unread before judged"),
        pytest.param("Keywords: a\n", {"Metadata_Version": "2.0", "Version": "x"}, "Metadata-Version", id="judged"),
        pytest.param("", {"Version": "x", "License_Expression": "x"}, "Version", id="judged: version before others"),
    ],
)
def test_the_first_field_is_that_of_which_the_index_complains(
    tmp_path: Path, extra: str, replaced: dict[str, str], field: str
) -> None:
    told = check([dists.sdist(tmp_path, meta=dists.metadata(extra=extra, **replaced))]).diagnostics
    first = next(each for each in told if each.is_error)
    assert [each.name for each in first.evidence if isinstance(each, Field)][:1] == [field]
