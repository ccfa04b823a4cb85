"""The form on the wire, and what it costs to import."""

from __future__ import annotations

import io
import subprocess
import sys

from requests_toolbelt.multipart.encoder import MultipartEncoder  # noqa: TID251  (what it is held against)

from tpub.multipart import Escort, FormBody

# What is imported with the door to requests-toolbelt, and whether the real packages can be had afterwards.
PROGRAM = """
import sys
import tpub.multipart
print(sorted({name for name in sys.modules if name.partition(".")[0] in ("requests", "urllib3", "requests_toolbelt")}))
import requests, requests_toolbelt, urllib3
print(requests.Session.__name__, requests_toolbelt.MultipartEncoder.__name__, urllib3.PoolManager.__name__)
"""


def test_the_door_leaves_no_hollow_package_behind() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.splitlines() == ["[]", "Session MultipartEncoder PoolManager"]


class Stream(io.BytesIO):
    """A file that says how much of it is left."""

    @property
    def len(self) -> int:
        return self.getbuffer().nbytes - self.tell()


class Seen(Escort):
    """An escort that remembers."""

    def __init__(self) -> None:
        self.sent = 0
        self.completed: list[int] = []

    def advanced(self, sent: int) -> None:
        self.sent = sent

    def complete(self) -> None:
        self.completed.append(self.sent)


def test_the_body_is_what_requests_toolbelt_makes_of_it() -> None:
    seen = Seen()
    content = bytes(range(256)) * 2000
    fields = [("name", "sampleproject"), ("classifiers", "a"), ("classifiers", "\u00fc \u2028"), ("empty", "")]
    body = FormBody(fields, filename="x 1.whl", file=Stream(content), escort=seen)
    sent = b"".join(body)
    part = ("content", ("x 1.whl", io.BytesIO(content), "application/octet-stream"))
    boundary = body.content_type.partition("boundary=")[2]
    assert sent == MultipartEncoder([*fields, part], boundary=boundary).to_string()
    assert (len(sent), seen.sent) == (body.length, body.length)
    assert [0 < body.length - before <= 256 * 1024 for before in seen.completed] == [True]
