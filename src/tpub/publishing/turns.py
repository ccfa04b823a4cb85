"""One release on several indexes in one run: the next index gets something when the one before has all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tpub.diagnostic import Diagnostic, Setting
from tpub.errors import NETWORK, OK
from tpub.index.model import Index
from tpub.outcome import LANDED, IndexSummary, Outcome, UploadStatus, UploadSummary
from tpub.publishing.account import kept


def in_turn(indexes: Sequence[Index], publish: Callable[[int], Outcome]) -> Outcome:
    """Publish to one index after the other; return the account of the last, with those of the `earlier` ones.

    An index gets nothing unless the one before has every file, and has been seen to have it. A dry run sends nothing
    and goes through all of them. `publish` is given the index's place, from 0 on.
    """
    runs: list[Outcome] = []
    for place, index in enumerate(indexes):
        before = runs[-1] if runs else None
        runs.append(publish(place) if before is None or is_whole(before) else _held_back(index, before))
    *earlier, last = runs
    if not earlier:
        return last
    diagnostics = dict.fromkeys(told for run in runs for told in run.diagnostics)
    return replace(last, exit_code=_exit_code(runs), earlier=tuple(earlier), diagnostics=tuple(diagnostics))


def is_whole(run: Outcome) -> bool:
    """Tell whether the index has all of the release, verified; of a dry run, whether there is no reason to stop."""
    landed = (upload.status in LANDED and upload.verified for upload in run.uploads or ())
    return run.dry_run or (run.exit_code == OK and all(landed))


def _held_back(index: Index, before: Outcome) -> Outcome:
    """Return the account of an index to which nothing was sent."""
    name = before.index.name if before.index is not None else "the index before"
    problem = Diagnostic(
        "index-held-back",
        f"nothing was sent to {index.name}: {name} does not have all of it, verified",
        "Mend what is wrong there and run the same command again: what has landed is not sent twice.",
        (Setting("index", index.upload_url, "after " + name),),
    )
    return Outcome(
        before.command,
        before.exit_code or NETWORK,
        index=IndexSummary(index.name, index.upload_url),
        distributions=before.distributions,
        plan=(),
        uploads=tuple(UploadSummary(file.file, UploadStatus.UNSENT) for file in before.distributions or ()),
        releases=(),
        diagnostics=(problem,),
    )


def _exit_code(runs: Sequence[Outcome]) -> int:
    """Return the first that is not 0, as far as that holds for all of them."""
    code = next((run.exit_code for run in runs if run.exit_code), OK)
    was_sent = any(upload.tries for run in runs for upload in run.uploads or ())
    return kept(code, was_sent=was_sent)
