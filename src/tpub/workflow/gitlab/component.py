"""The job that tpub's own CI/CD component brings: `include: {component: HOST/GROUP/tpub/publish@VERSION, inputs: ...}`.

The component stands in another project, and its file is `templates/publish/template.yml` of this one: what of it tells
who publishes, from where and to which index is said here once more, and a test holds the two together.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from tpub.workflow.locate import Place
from tpub.workflow.node import Entry, Mapping, Node, Scalar, Sequence, Span

_OURS = re.compile(r"(?:.*/)?tpub/publish@\S+")  # whoever owns it
DEFAULTS = MappingProxyType({"dists": "dist/*", "index": "pypi", "environment": "pypi", "job": "publish"})
AUDIENCES = MappingProxyType(
    {"PYPI_ID_TOKEN": "pypi", "TESTPYPI_ID_TOKEN": "testpypi", "SIGSTORE_ID_TOKEN": "sigstore"}
)


def is_ours(item: Place) -> bool:
    """Tell whether an item of `include:` is tpub's component."""
    named = item.get("component")
    return named is not None and _OURS.fullmatch(named.text) is not None


def brought(include: Place | None) -> Iterator[tuple[str, Place]]:
    """Yield the jobs that tpub's component brings into the file with this `include:`, by name.

    What an input sets stands where the input does; all else stands, without any length, where the component is named.
    """
    for item in (include.items or (include,)) if include is not None else ():
        if is_ours(item):
            given = item.get("inputs")
            inputs = {name: place for name, place in given.fields.items() if place.text} if given is not None else {}
            name = inputs["job"].text if "job" in inputs else DEFAULTS["job"]
            yield name, replace(item, node=_job(item.fields["component"].node.span, inputs))


def _job(where: Span, inputs: dict[str, Place]) -> Mapping:
    here = replace(where, end=where.start)

    def mapping(fields: dict[str, Node]) -> Mapping:
        return Mapping(tuple(Entry(Scalar(key, spans.get(key, here)), node) for key, node in fields.items()), here)

    spans = {name: place.entry.key.span for name, place in inputs.items() if place.entry is not None}

    text = dict(DEFAULTS) | {name: place.text for name, place in inputs.items()}
    words = ["tpub", "upload", *(f"--index={index.strip()}" for index in text["index"].splitlines())]
    script = Scalar(shlex.join([*words, "--", *text["dists"].split()]), here)
    tokens = {name: mapping({"aud": Scalar(audience, here)}) for name, audience in AUDIENCES.items()}
    return mapping(
        {
            "environment": inputs["environment"].node if "environment" in inputs else Scalar(text["environment"], here),
            "id_tokens": mapping(dict(tokens)),
            "rules": Sequence((mapping({"if": Scalar("$CI_COMMIT_TAG", here)}),), here),
            "script": Sequence((script,), here),
        }
    )
