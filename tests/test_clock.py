"""Moments, as HTTP writes them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.processes import environment

_ASK = "import sys; from tpub.clock import http_date; print(*map(http_date, sys.argv[1:]))"
_DATES = ["Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 -0000", "Thu Jan  1 00:00:00 2026", "soon", ""]


@pytest.mark.parametrize("zone", ["UTC0", "EST5", "NZST-12"])
def test_a_date_means_the_same_moment_in_every_zone(zone: str) -> None:
    env = environment({}) | {"TZ": zone}
    done = subprocess.run([sys.executable, "-c", _ASK, *_DATES], env=env, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["1767225600.0"] * 3 + ["None"] * 2
