"""The folder in which the examples of the documentation are run."""

from __future__ import annotations

from pathlib import Path

from support import dists
from support.checkouts import laid

UNPERMITTED = """\
on:
  push:
    tags: ["v*"]
permissions: {}
jobs:
  publish:
    runs-on: ubuntu-latest
    environment: pypi
    steps:
      - uses: actions/download-artifact@v8
        with: {name: dist, path: dist/}
      - run: pip install tpub
      - run: tpub upload
"""


def sandbox(root: Path) -> Path:
    """Lay out a release in dist/, a wheel that PyPI refuses in other/, and a checkout that lacks a permission."""
    dists.wheel(root / "dist")
    dists.sdist(root / "dist")
    dists.wheel(root / "other", tag="cp313-cp313-linux_x86_64")
    laid(root, {"checkout/.github/workflows/release.yml": UNPERMITTED, "checkout/pyproject.toml": ""})
    return root
