from __future__ import annotations

import pytest

from tpub.rehearsal import RehearsalIndex


@pytest.fixture
def index(tpub_index: RehearsalIndex) -> RehearsalIndex:
    """The index that others get from the plugin."""
    return tpub_index
