"""Trove classifiers."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from tpub.index.model import PYPI
from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

_LONGEST = 200  # characters; the longest classifier has half of it


@rule(
    "classifier-unknown",
    hint=f"Choose one from {PYPI.site_url}/classifiers/, or put the word into `keywords`.",
    why="PyPI takes classifiers from one list. `Private :: ...` is not on it, and so keeps a project off PyPI: "
    "that may be what it is there for.",
    is_pypi_only=True,
)
def classifier_is_on_the_list(file: Context) -> Iterator[Problem]:
    """Each Classifier is on the list of trove classifiers.

    Source: warehouse.forklift.metadata, `_validate_metadata`; the package trove-classifiers.
    """
    if not (given := set(file.received.all("classifier"))):
        return
    from trove_classifiers import all_classifiers, classifiers  # noqa: PLC0415  (not needed without classifiers)

    for text in sorted(given.difference(all_classifiers)):
        yield Problem(f"{quoted(text)} is no classifier", (field("classifier", text),), hint=_mend(text, classifiers))


@rule(
    "classifier-deprecated",
    hint="Leave it out, or use those that take its place.",
    why="PyPI takes no deprecated classifier in new files.",
    is_pypi_only=True,
)
def classifier_is_current(file: Context) -> Iterator[Problem]:
    """No Classifier is deprecated.

    Source: warehouse.forklift.metadata, `_validate_metadata`; the package trove-classifiers.
    """
    if not (given := set(file.received.all("classifier"))):
        return
    from trove_classifiers import deprecated_classifiers  # noqa: PLC0415  (as above)

    for text in sorted(given & deprecated_classifiers.keys()):
        successors = " or ".join(f"`{each}`" for each in deprecated_classifiers[text])
        yield Problem(
            f"the classifier {quoted(text)} is deprecated",
            (field("classifier", text),),
            hint=f"Use {successors} instead." if successors else "",
        )


def _mend(text: str, classifiers: set[str]) -> str:
    if text.startswith("Private ::"):
        return "If the project may be published, leave this classifier out: it is there to prevent that."
    if len(text) > _LONGEST:
        return ""
    same = [each for each in classifiers if each.casefold() == text.casefold()]
    near = same or get_close_matches(text, classifiers, n=1, cutoff=0.8)
    return f"Write `{near[0]}`." if near else ""


OF_PYPI = (classifier_is_on_the_list, classifier_is_current)
