"""The embedded index as a pytest fixture for other projects: pytest finds it once tpub is installed.

It adds one fixture and no hook. The server and all that it needs is imported when a test asks for it; `-p no:tpub`
keeps even the fixture away.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tpub.rehearsal import RehearsalIndex


@pytest.fixture
def tpub_index() -> Iterator[RehearsalIndex]:
    """Yield an empty index on loopback that answers as PyPI does: exchange, upload and simple pages."""
    from tpub.rehearsal import serve  # noqa: PLC0415  (who does not ask for it does not pay for it)

    with serve() as index:
        yield index
