"""Which release of `pypa/gh-action-pypi-publish` a step uses, told by what it pins.

Source: the action's tags, and its workflow that builds the images: for tags, and for `release/*` and `unstable/*`.
"""

from __future__ import annotations

import re
from types import MappingProxyType

from tpub.workflow.locate import Place
from tpub.workflow.publish import ACTION

SUNSET = "master"  # a branch that stopped at v1.4
_NAMED = re.compile(r"(?:release/|unstable/)?v\d+(?:\.\d+)*")
_SHA = re.compile(r"[0-9a-f]{40}")
_REMARK = re.compile(r"#.*?\b(release/v\d[\d.]*|v?\d+\.\d[\d.]*|v\d+)\b")
# The commits of releases, for those who pin without a comment.
_COMMITS = MappingProxyType(
    {
        "27b31702a0e7fc50959f5ad993c78deac1bdfc29": "v1.4.2",
        "717ba43cfbb0387f6ce311b169a825772f54d295": "v1.5.0",
        "37f50c210e3d2f9450da2cd423303d6a14a6e29f": "v1.5.1",
        "d7edd4c95736a5bc1260d38b5523f5d24338bc25": "v1.5.2",
        "c7f29f7adef1a245bd91520e94867e5c6eedddcc": "v1.6.4",
        "32b5e9370928566935e085a9154f23bd662ef41c": "v1.6.5",
        "22b4d1f12511f2696162c08546dafbaa903448a2": "v1.7.1",
        "29930c9cf57955dc1b98162d0d8bc3ec80d9e75c": "v1.8.4",
        "0bf742be3ebe032c25dd15117957dc15d0cfc38d": "v1.8.5",
        "a56da0b891b3dc519c7ee3284aff1fad93cc8598": "v1.8.6",
        "f5622bde02b04381239da3573277701ceca8f6a0": "v1.8.7",
        "f8c70e705ffc13c3b4d1221169b84f12a75d6ca8": "v1.8.8",
        "ade57f54dcc56d4858ca681c80269c26dc7b9149": "v1.8.9",
        "b7f401de30cb6434a1e19f805ff006643653240e": "v1.8.10",
        "2f6f737ca5f74c637829c0f5c3acd0e29ea5e8bf": "v1.8.11",
        "e53eb8b103ffcb59469888563dc324e3c8ba6f06": "v1.8.12",
        "741947b9cadc96c98b60dd2f32f89a5ef7fb113c": "v1.8.13",
        "81e9d935c883d0b210363ab89cf05f3894778450": "v1.8.14",
        "ec4db0b4ddc65acdf4bff5fa45ac92d78b56bdf0": "v1.9.0",
        "15c56dba361d8335944d31a2ecd17d700fc7bcbc": "v1.12.2",
        "67339c736fd9354cd4f8cb0b744f2b82a74b5c70": "v1.12.3",
        "76f52bc884231f62b9a034ebfe128415bbaabdfc": "v1.12.4",
        "ed0c53931b1dc9bd32cbe73a98c7f6766f8a527e": "v1.13.0",
        "cef221092ed1bacb1cc03d23a2d87d1d172e277b": "v1.14.0",
        "ba38be9e461d3875417946c167d0b5f3d385a247": "v1.14.1",
        "dc37677b2e1c63e2034f94d8a5b11f265b73ba33": "v1.14.2",
    }
)
PINNED = f"{ACTION}@dc37677b2e1c63e2034f94d8a5b11f265b73ba33 # v1.14.2"


def release_of(uses: Place) -> str:
    """Return the release or the branch that a `uses:` of the action names, by its comment too; empty if none known."""
    pin = uses.text.partition("@")[2]
    if pin == SUNSET or _NAMED.fullmatch(pin) is not None:
        return pin
    if _SHA.fullmatch(pin) is None:
        return ""
    if (known := _COMMITS.get(pin)) is not None:
        return known
    beside = uses.document.text[uses.node.span.end :].partition("\n")[0]
    remark = _REMARK.search(beside)
    return remark[1] if remark is not None else ""


def numbers(release: str) -> tuple[int, int] | None:
    """Return the major and minor number of a release; None of a branch, which is as new as can be, but for one."""
    if release == SUNSET:
        return (1, 4)
    found = re.fullmatch(r"v?(\d+)\.(\d+)(?:\.\d+)?", release)
    return (int(found[1]), int(found[2])) if found is not None else None
