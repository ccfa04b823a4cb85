"""The `id` package, run in a process of its own: it reads the process's environment and knows fixed addresses."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_RUN = """
import io, json, os, sys
import id
from id._internal.oidc import ambient

for line in sys.stdin:
    row = json.loads(line)
    os.environ.clear()
    os.environ.update(row["env"])
    ambient._GCP_TOKEN_REQUEST_URL = row["metadata"] + "/token"
    ambient._GCP_IDENTITY_REQUEST_URL = row["metadata"] + "/identity"
    ambient._open = lambda name, machine=row["machine"]: io.StringIO(machine)
    try:
        found = id.detect_credential(row["audience"])
    except Exception as exc:
        found = type(exc).__name__ + "!"
    print(json.dumps(found), flush=True)
"""


@dataclass(frozen=True)
class Row:
    """What the peer finds itself in; `metadata` is where it has to think Google's metadata server is."""

    env: Mapping[str, str]
    machine: str
    audience: str
    metadata: str


def found_by_id(rows: Sequence[Row]) -> list[str | None]:
    """Return what `id` finds in each: a token, None, or its exception's name with `!`."""
    lines = "".join(json.dumps({**vars(row), "env": dict(row.env)}) + "\n" for row in rows)
    done = subprocess.run(  # noqa: S603  (our own program)
        [sys.executable, "-c", _RUN], input=lines, capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
