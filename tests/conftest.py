from __future__ import annotations

import os
import sys

import pytest

from support.isolation import NetworkGuard, leaks


def pytest_configure(config: pytest.Config) -> None:
    # Before anything is collected: libraries read some of these variables when they are imported.
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for name in leaks(os.environ):  # noqa: TID251  (it is emptied here so that nothing can read it)
        patch.delenv(name)
    guard = NetworkGuard()
    config.pluginmanager.register(guard, "network guard")
    sys.addaudithook(guard.audit)
