from __future__ import annotations

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tpub.diagnostic import Diagnostic, Field, Severity
from tpub.dist.model import CoreMetadata, Distribution, Kind
from tpub.index.model import PYPI
from tpub.publishing.lifetime import estimate, judge
from tpub.publishing.plan import Release

NOW = 1_000_000.0


def release(*sizes: int) -> Release:
    files = tuple(
        Distribution(Path(f"x-{n}.whl"), Kind.WHEEL, "x", "1", "py3", CoreMetadata({}), size, str(n))
        for n, size in enumerate(sizes)
    )
    return Release(canonicalize_name("x"), "1", files[0], files[1:], ())


@pytest.mark.parametrize(
    ("releases", "seconds"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([release(1_000_000)], 2, id="one"),
        pytest.param([release(*[0] * 40)], 40, id="many small ones"),
        pytest.param([release(600_000_000), release(300_000_000)], 902, id="two releases"),
    ],
)
def test_how_long_a_release_may_take(releases: list[Release], seconds: float) -> None:
    assert estimate(releases) == seconds


@pytest.mark.parametrize(
    ("size", "ends"),
    [
        pytest.param(10**9, None, id="tokens without end"),
        pytest.param(899_000_000, NOW + 900, id="just enough"),
        pytest.param(0, NOW + 900, id="a small file"),
    ],
)
def test_a_token_that_lasts(size: int, ends: float | None) -> None:
    assert judge([release(size)], ends, NOW, PYPI) == ()


@pytest.mark.parametrize(("ends", "minutes", "seconds"), [(NOW + 900, 15, 900), (NOW - 5, 0, 0)])
def test_a_token_that_does_not(ends: float, minutes: int, seconds: int) -> None:
    assert judge([release(1_200_000_000)], ends, NOW, PYPI) == (
        Diagnostic(
            "token-lifetime-short",
            f"the uploads may take 20 min; this job has one token, and pypi takes it for {minutes}",
            (
                "If it ends on the way, run the job again: what has landed is not sent twice. To be sure, publish "
                "fewer files a job."
            ),
            (Field("estimate", "1201 s"), Field("token", f"{seconds} s")),
            Severity.WARNING,
        ),
    )
