"""A verdict on each file, and everything that is wrong, in the order in which the index would say it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from tpub import background
from tpub.diagnostic import Diagnostic, Field, Severity
from tpub.outcome import DistributionSummary, Verdict
from tpub.preflight.catalogue import STAGES, Stage, known
from tpub.preflight.context import Context
from tpub.preflight.renderer import Renderer
from tpub.preflight.rule import AnyRule, BatchRule, Rule

_LARGE = 256 * 1024  # bytes: smaller archives are read faster than threads take turns
_SCANS = 2  # at once
_MOST_PROBLEMS = 25  # of one rule with one file: nobody reads more, and a hostile file may hold millions


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The account of a check: files in the order given; diagnostics file by file, in the index's order."""

    distributions: tuple[DistributionSummary, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def has_errors(self) -> bool:
        """Tell whether the index would refuse a file."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def check(
    paths: Sequence[Path], *, is_pypi: bool = True, ignore: Collection[str] = (), strict: bool = False, tag: str = ""
) -> CheckResult:
    """Judge the files at `paths`, in a job that runs for `tag`: see `judge`."""
    return judge([Context(path, tag=tag) for path in paths], is_pypi=is_pypi, ignore=ignore, strict=strict)


def judge(
    files: Sequence[Context], *, is_pypi: bool = True, ignore: Collection[str] = (), strict: bool = False
) -> CheckResult:
    """Judge files, alone and together.

    `is_pypi` adds PyPI's own rules to those of the specifications. A warning or note whose code is in `ignore` is
    not told; an error in `ignore` is told as a warning and stops nothing (the index may have changed its rules
    before tpub did), but it is never hidden. `strict` makes errors of the warnings that are left.
    Raises `ConfigError` if a code in `ignore` is no rule's.
    """
    ignored = known(ignore)
    news: dict[Context, list[Diagnostic]] = {
        file: _unreadable(file, file.open) or _unreadable(file, partial(getattr, file, "size")) for file in files
    }
    readable = [file for file in files if not news[file]]
    with Renderer() as renderer:
        _read(readable, renderer)
        for stage in STAGES:
            for file, diagnostic in _judge(stage, readable, is_pypi=is_pypi):
                news[file] += _weigh(diagnostic, ignored, strict=strict)
    for file in readable:  # last, as the digests may still be on their way
        news[file] += _unreadable(file, partial(getattr, file, "sha256"))
    return CheckResult(
        tuple(_summary(file, news[file]) for file in files),
        tuple(diagnostic for file in files for diagnostic in news[file]),
    )


def _unreadable(file: Context, read: Callable[[], object]) -> list[Diagnostic]:
    """Return what keeps a file from being read, if anything does."""
    try:
        read()
    except OSError as exc:
        return [
            Diagnostic(
                "file-unreadable",
                f"the file cannot be read: {exc.strerror}",
                hint="Check the path and the file's permissions.",
                file=file.filename,
            )
        ]
    return []


def _read(files: Sequence[Context], renderer: Renderer) -> None:
    """Look into archives, and begin with the pages of their descriptions.

    Large archives are read some at once: inflating and hashing let go of the interpreter.
    """
    small, large = ([file for file in files if (file.size >= _LARGE) is is_large] for is_large in (False, True))
    scans = background.begin([partial(getattr, file, "archive") for file in large], threads=_SCANS, name="scan")
    for file in small:
        with suppress(Exception):  # what goes wrong, goes wrong again when a rule asks
            file.begin_rendering(renderer)
    for file, scan in zip(large, scans, strict=True):
        with suppress(Exception):
            scan.result()
            file.begin_rendering(renderer)


def _judge(stage: Stage, files: Sequence[Context], *, is_pypi: bool) -> list[tuple[Context, Diagnostic]]:
    found = [
        told
        for rule in stage.rules
        if is_pypi or not rule.is_pypi_only
        for told in (_apply(rule, files) if isinstance(rule, Rule) else _apply_to_all(rule, files))
    ]
    if stage.is_by_field:
        found.sort(key=lambda told: _field_order(told[1], stage.first))
    if stage.is_by_place:
        found.sort(key=lambda told: _place(*told))
    return found


def _apply(rule: Rule, files: Sequence[Context]) -> Iterator[tuple[Context, Diagnostic]]:
    for file in files:
        try:
            problems = list(islice(rule.check(file), _MOST_PROBLEMS))
        except Exception as exc:  # noqa: BLE001  (a rule that fails is tpub's bug, and no reason to lose the others' news)
            yield file, _failed(rule, exc, file)
        else:
            yield from ((file, rule.diagnostic(problem, file.filename)) for problem in problems)


def _apply_to_all(rule: BatchRule, files: Sequence[Context]) -> Iterator[tuple[Context, Diagnostic]]:
    if not files:
        return
    try:
        yield from [(file, rule.diagnostic(problem, file.filename)) for file, problem in rule.check(files)]
    except Exception as exc:  # noqa: BLE001  (as above)
        yield files[0], _failed(rule, exc, files[0])


def _failed(rule: AnyRule, exc: Exception, file: Context) -> Diagnostic:
    return Diagnostic(
        "rule-failed",
        f"tpub could not apply the rule `{rule.code}` to this file: {type(exc).__name__}",
        hint="Report this as a bug of tpub, with the file if you can; it stops nothing.",
        severity=Severity.NOTE,
        file=file.filename,
    )


def _field_order(diagnostic: Diagnostic, first: Sequence[str]) -> tuple[int, str]:
    name = next((evidence.name for evidence in diagnostic.evidence if isinstance(evidence, Field)), "").lower()
    return (first.index(name), "") if name in first else (len(first), name)


def _place(file: Context, diagnostic: Diagnostic) -> int:
    """Return how many other flaws of the archive are met before this one."""
    codes = [flaw.defect.value for flaw in file.archive.flaws] if file.archive else []
    return codes.index(diagnostic.code) if diagnostic.code in codes else len(codes)


def _weigh(diagnostic: Diagnostic, ignored: Collection[str], *, strict: bool) -> list[Diagnostic]:
    """Return the diagnostic with the weight that the user's settings give it; none if it is not to be told."""
    if diagnostic.code in ignored:
        return [replace(diagnostic, severity=Severity.WARNING)] if diagnostic.is_error else []
    if strict and diagnostic.severity is Severity.WARNING:
        return [replace(diagnostic, severity=Severity.ERROR)]
    return [diagnostic]


def _summary(file: Context, news: Sequence[Diagnostic]) -> DistributionSummary:
    is_read = all(diagnostic.code != "file-unreadable" for diagnostic in news)
    return DistributionSummary(
        file=file.filename,
        path=str(file.path),
        kind=file.kind or "unknown",
        project=file.received.one("name") or "",
        version=file.received.one("version") or "",
        size=file.size if is_read else 0,
        sha256=file.sha256 if is_read else "",
        verdict=Verdict.REFUSE if any(diagnostic.is_error for diagnostic in news) else Verdict.ACCEPT,
    )
