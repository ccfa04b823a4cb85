from __future__ import annotations

import os
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from support.isolation import NetworkGuard, leaks

if TYPE_CHECKING:
    from tpub.rehearsal import RehearsalIndex

# How long an example takes says how busy the machine is, and nothing about what the test is about.
settings.register_profile("tpub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tpub")


def pytest_configure(config: pytest.Config) -> None:
    # Before anything is collected: libraries read some of these variables when they are imported.
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for name in leaks(os.environ):  # noqa: TID251  (it is emptied here so that nothing can read it)
        patch.delenv(name)
    # Nobody's keyring is asked, or unlocked.
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    # sigstore keeps its root of trust there: what lies on this machine must not decide what a test believes.
    if not hasattr(config, "workerinput"):  # workers inherit it
        folder = tempfile.TemporaryDirectory(prefix="tpub-tests-")
        config.add_cleanup(folder.cleanup)
        for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, folder.name)
    guard = NetworkGuard()
    config.pluginmanager.register(guard, "network guard")
    sys.addaudithook(guard.audit)


@pytest.fixture
def index(tpub_index: RehearsalIndex) -> RehearsalIndex:
    """An empty index on loopback: the one that others get from the plugin."""
    return tpub_index
