from __future__ import annotations

from collections.abc import Iterator

import pytest

from tpub.rehearsal import RehearsalIndex, serve


@pytest.fixture(scope="module")
def shared() -> Iterator[RehearsalIndex]:
    """An index for tables whose rows leave nothing behind; its key is made once."""
    with serve() as running:
        yield running
