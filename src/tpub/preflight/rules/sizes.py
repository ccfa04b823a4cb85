"""How large a file may be."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.diagnostic import Severity
from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.rule import Problem, rule

_MIB = 1024 * 1024


@rule(
    "file-too-large",
    hint="Make it smaller: leave out tests, data and debug symbols; offer large data as a download or in a project of "
    "its own.",
    why="PyPI stores every file for ever. A project can be granted more than 100 MiB a file, up to 1 GiB: nobody sees "
    "from outside whether it was, so that between the two, tpub warns and sends.",
    is_pypi_only=True,
)
def file_is_small_enough(file: Context) -> Iterator[Problem]:
    """A file has 100 MiB or less, or as much as the project was granted.

    Source: warehouse.constants, MAX_FILESIZE and UPLOAD_LIMIT_CAP;
    https://docs.pypi.org/project-management/storage-limits/.
    """
    limits, size = data.limits(), file.size // _MIB
    if file.size > limits.file_size_cap:
        yield Problem(f"the file has {size} MiB, and PyPI grants no project more than {limits.file_size_cap // _MIB}")
    elif file.size > limits.file_size:
        yield Problem(
            f"the file has {size} MiB, and PyPI takes {limits.file_size // _MIB} unless the project was granted more",
            hint="Ask PyPI for a higher limit before you publish, if that was not done: see "
            "https://docs.pypi.org/project-management/storage-limits/.",
            severity=Severity.WARNING,
        )


RULES = (file_is_small_enough,)
