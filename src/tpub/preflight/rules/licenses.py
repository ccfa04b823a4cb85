"""Licence expressions, licence files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from tpub.diagnostic import Severity
from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule

# SPDX wants a name behind it, and so does packaging from 26.3 on; PyPI's does not.
_BARE = re.compile(r"(?<![^\s()])LicenseRef-(?![^\s()])", re.IGNORECASE)


@rule(
    "license-expression-invalid",
    hint="Use SPDX identifiers: `license = 'MIT'`, `'Apache-2.0'`, `'BSD-3-Clause'`; `'LicenseRef-...'` for your own.",
    why="A licence expression is read by programs, which know the identifiers of the SPDX list.",
)
def license_expression_is_spdx(file: Context) -> Iterator[Problem]:
    """License-Expression is a valid SPDX expression.

    Source: packaging.licenses, as called by warehouse.forklift.metadata; PEP 639; https://spdx.org/licenses/.
    """
    from packaging.licenses import canonicalize_license_expression  # noqa: PLC0415  (long lists)

    if (text := file.received.one("license-expression")) is None:
        return
    try:
        canonicalize_license_expression(_BARE.sub("LicenseRef-x", text))
    except (ValueError, RecursionError, MemoryError):  # InvalidLicenseExpression, or brackets without end
        yield Problem(
            f"{quoted(text)} is no licence expression",
            (field("license-expression", text),),
            hint=_better_expression(text),
        )


@rule(
    "license-given-twice",
    hint="Leave License out: write `license = 'MIT'` in `[project]` and no `license = {text = ...}` or `{file = ...}`.",
    why="License-Expression replaces the old License field; with both, a reader cannot tell which holds.",
    is_pypi_only=True,
)
def license_is_given_once(file: Context) -> Iterator[Problem]:
    """License does not stand beside License-Expression.

    Source: warehouse.forklift.metadata, `_validate_metadata`; PEP 639.
    """
    old, new = file.received.one("license"), file.received.one("license-expression")
    if old and new:
        yield Problem(
            "License stands beside License-Expression, which replaces it",
            (field("license", old), field("license-expression", new)),
        )


@rule(
    "license-file-path-invalid",
    hint="Name each licence file by its path from the project's root, with `/` and without `..` or `*`.",
    why="The path must lead to one file inside the distribution, on every system.",
)
def license_file_path_is_plain(file: Context) -> Iterator[Problem]:
    """Each License-File is a relative path with `/`, without `..` or patterns.

    Source: packaging.metadata, as called by warehouse.forklift.metadata; PEP 639.
    """
    for path in file.received.all("license-file"):
        if fault := _path_fault(path):
            yield Problem(f"the licence file {quoted(path)} {fault}", (field("license-file", path),))


@rule(
    "license-missing",
    hint="Set `license = 'MIT'` (or what holds) and `license-files` in `[project]`.",
    why="Without a licence nobody may use the project, and programs that look for one find nothing.",
    severity=Severity.WARNING,
)
def license_is_named(file: Context) -> Iterator[Problem]:
    """The core metadata names a licence: an expression, a text, a file or a classifier.

    Source: https://packaging.python.org/en/latest/guides/licensing-examples-and-user-scenarios/.
    """
    fields = ("license-expression", "license", "license-file")
    has_classifier = any(text.startswith("License ::") for text in file.received.all("classifier"))
    if file.metadata is not None and not has_classifier and not any(map(file.received.all, fields)):
        yield Problem("the core metadata names no licence")


@rule(
    "license-classifier-deprecated",
    hint="Leave the `License ::` classifiers out: License-Expression says it all.",
    why="PEP 639 deprecates licence classifiers; beside an expression they can only repeat or contradict it.",
    severity=Severity.WARNING,
)
def license_classifiers_do_not_repeat(file: Context) -> Iterator[Problem]:
    """No licence classifier stands beside License-Expression.

    Source: PEP 639, "Deprecate license classifiers".
    """
    classifiers = [text for text in file.received.all("classifier") if text.startswith("License ::")]
    if classifiers and file.received.one("license-expression"):
        yield Problem(
            "a licence classifier stands beside License-Expression, which replaces it",
            tuple(field("classifier", text) for text in classifiers),
        )


def _path_fault(path: str) -> str:
    if ".." in path:
        return "leads out of its folder by `..`"
    if "*" in path:
        return "is a pattern, and must be a file's path"
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute():
        return "is an absolute path"
    if PureWindowsPath(path).as_posix() != path:
        return "is not written with `/` alone"
    return ""


_SPDX = {
    "apache": "Apache-2.0",
    "apache2": "Apache-2.0",
    "apache20": "Apache-2.0",
    "apachelicense20": "Apache-2.0",
    "apachelicenseversion20": "Apache-2.0",
    "apachesoftwarelicense": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsdlicense": "BSD-3-Clause",
    "bsd3": "BSD-3-Clause",
    "3clausebsd": "BSD-3-Clause",
    "newbsd": "BSD-3-Clause",
    "gpl3": "GPL-3.0-only",
    "gplv3": "GPL-3.0-only",
    "gplv3+": "GPL-3.0-or-later",
    "gpl2": "GPL-2.0-only",
    "gplv2": "GPL-2.0-only",
    "isclicense": "ISC",
    "lgplv3": "LGPL-3.0-only",
    "mitlicense": "MIT",
    "themitlicense": "MIT",
    "mpl2": "MPL-2.0",
    "mpl20": "MPL-2.0",
    "mozillapubliclicense20": "MPL-2.0",
    "psf": "PSF-2.0",
    "unlicense": "Unlicense",
}


def _better_expression(text: str) -> str:
    """Return the mend with the identifier that was probably meant, empty if nobody can tell."""
    plain = "".join(char for char in text.lower() if char.isalnum() or char == "+")
    meant = _SPDX.get(plain)
    return f"Write `license = '{meant}'` in `[project]`." if meant else ""


SPECIFIED = (license_expression_is_spdx, license_file_path_is_plain)
OF_PYPI = (license_is_given_once,)
BEYOND = (license_is_named, license_classifiers_do_not_repeat)
