"""Tell what has changed in PyPI's own code since the preflight was written after it.

    python scripts/upstream.py CHECKOUT                      compare with a checkout of pypi/warehouse
    python scripts/upstream.py CHECKOUT --accept             note its state as the one that was read
    python scripts/upstream.py CHECKOUT --stdlib-names       write the names of standard library modules anew,
                                                             with the stdlib-list that is installed

Three things are compared: the sets and limits in `src/tpub/preflight/data`; each function that the source of a rule
names, by its text; and the versions of the libraries that PyPI judges with. Exits with 1 if something has changed.
Nothing is mended: read what changed, mend data and rules, note it with `--accept`.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

from packaging.utils import canonicalize_name

from tpub.preflight import data
from tpub.preflight.catalogue import RULES

NOTES = Path(__file__).with_suffix(".toml")
NAMES = Path(data.__file__).with_name("stdlib-names.txt")
LIBRARIES = ("email-validator", "packaging", "readme-renderer", "rfc3986", "stdlib-list", "trove-classifiers")
NAMED = re.compile(r"(warehouse(?:\.\w+)+), `?(\w+)`?(?: and `?([A-Z_]{3,})`?)?")
# Newer than the oldest Python that this runs on: several exceptions without brackets.
NEW_SYNTAX = re.compile(r"^(\s*except )([\w.]+(?:, [\w.]+)+):", re.MULTILINE)

Sets = dict[str, frozenset[str]]


class Warehouse:
    """A checkout of PyPI's code, read and never run."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @cache  # noqa: B019  (there is one, and it lives as long as the program)
    def module(self, name: str) -> tuple[str, ast.Module]:
        """Return a module's text and its tree."""
        path = self.root.joinpath(*name.split(".")).with_suffix(".py")
        text = NEW_SYNTAX.sub(r"\1(\2):", path.read_text("utf-8"))
        return text, ast.parse(text)

    def text(self, module: str, name: str) -> str:
        """Return the text of a function or an assignment; empty if it is gone."""
        text, tree = self.module(module)
        found = [node for node in ast.walk(tree) if name in _names(node)]
        return ast.get_source_segment(text, found[0]) or "" if found else ""

    def strings(self, module: str, name: str) -> frozenset[str]:
        """Return the strings that an assignment holds, in lower case."""
        tree = ast.parse(self.text(module, name))
        found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
        return frozenset(value.lower() for value in found if isinstance(value, str))

    def numbers(self, module: str, name: str) -> frozenset[str]:
        """Return the product of an assignment's numbers and of the constants that it multiplies."""
        tree, product = ast.parse(self.text(module, name)), 1
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, int):
                product *= node.value
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                product *= int(next(iter(self.numbers(module, node.id))))
        return frozenset([str(product)])

    def pins(self) -> dict[str, str]:
        """Return the versions of the libraries that judge."""
        text = (self.root / "requirements" / "main.txt").read_text("utf-8")
        pinned = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", text, re.MULTILINE)
        return {canonicalize_name(name): version for name, version in pinned if canonicalize_name(name) in LIBRARIES}


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case _:
            return []


def their_sets(warehouse: Warehouse) -> Sets:
    """Return the sets and limits as PyPI has them."""
    legacy, metadata, constants = "warehouse.forklift.legacy", "warehouse.forklift.metadata", "warehouse.constants"
    joint = warehouse.strings(legacy, "_jointlinux_arches")
    sets = {
        "platform tags": warehouse.strings(legacy, "_allowed_platforms"),
        "macosx": warehouse.strings(legacy, "_macosx_arches"),
        "macosx_10": warehouse.strings(legacy, "_macosx_arches"),
        "macOS versions": warehouse.strings(legacy, "_macosx_major_versions"),
        "manylinux": joint | warehouse.strings(legacy, "_manylinux_arches"),
        "musllinux": joint | warehouse.strings(legacy, "_musllinux_arches"),
        "ios": warehouse.strings(legacy, "_ios_arches"),
        "android": warehouse.strings(legacy, "_android_arches"),
        "metadata versions": warehouse.strings(metadata, "SUPPORTED_METADATA_VERSIONS"),
        "dynamic fields": warehouse.strings(metadata, "DYNAMIC_FIELDS"),
        "file size": warehouse.numbers(constants, "MAX_FILESIZE"),
        "file size cap": warehouse.numbers(constants, "UPLOAD_LIMIT_CAP"),
        "length limits": warehouse.numbers(metadata, "_LENGTH_LIMITS"),
    }
    return {name: values for name, values in sets.items() if values}


def our_sets() -> Sets:
    """Return the same as the data files have them."""
    tags, metadata, limits = data.platform_tags(), data.core_metadata(), data.limits()
    families = {family.name: family for family in tags.families if family.name != "pyemscripten"}
    return {
        "platform tags": tags.exact,
        "macOS versions": frozenset(re.findall(r"\d+(?=[|)])", families["macosx"].pattern)),
        "metadata versions": frozenset(metadata.versions),
        "dynamic fields": metadata.dynamic,
        "file size": frozenset([str(limits.file_size)]),
        "file size cap": frozenset([str(limits.file_size_cap)]),
        "length limits": frozenset([str(limits.summary_length)]),
    } | {name: family.architectures for name, family in families.items()}


def fingerprints(warehouse: Warehouse) -> dict[str, str]:
    """Return a digest of each thing that the source of a rule names, white space aside."""
    return {
        f"{module}.{name}": hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]
        for module, name in sorted(named())
        if (text := warehouse.text(module, name))
    }


def named() -> dict[tuple[str, str], list[str]]:
    """Return what the sources of rules name, and the codes of those rules."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for rule in RULES:
        for module, *names in NAMED.findall(rule.source):
            for name in filter(None, names):
                found[module, name].append(rule.code)
    return found


def changes(warehouse: Warehouse, notes: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield a line for everything that is not as it was."""
    ours, theirs = our_sets(), their_sets(warehouse)
    for name in sorted(ours):
        if added := theirs.get(name, frozenset()) - ours[name]:
            yield f"{name}: PyPI has {', '.join(sorted(added))}"
        if gone := ours[name] - theirs.get(name, frozenset()):
            yield f"{name}: PyPI no longer has {', '.join(sorted(gone))}"
    current = fingerprints(warehouse)
    for (module, name), codes in sorted(named().items()):
        key = f"{module}.{name}"
        if current.get(key) != notes["fingerprints"].get(key):
            what = "has changed" if key in current else "is gone"
            yield f"{key} {what}: see {', '.join(sorted(set(codes)))}"
    pins = warehouse.pins()
    for library in LIBRARIES:
        if pins.get(library) != notes["libraries"].get(library):
            yield f"{library}: {notes['libraries'].get(library)} has become {pins.get(library)}"


def accept(warehouse: Warehouse, notes: Path) -> None:
    """Write down the state of the checkout."""
    git = ["git", "-C", str(warehouse.root), "log", "-1", "--format=%cs %H"]
    state = subprocess.run(git, capture_output=True, text=True, check=False)  # noqa: S603  (the developer's own git)
    date, _, commit = state.stdout.strip().partition(" ")
    parts = {"libraries": warehouse.pins(), "fingerprints": fingerprints(warehouse)}
    lines = [
        "# The state of pypi/warehouse that the preflight's rules were written after. Written by upstream.py --accept.",
        f'date = "{date}"',
        f'commit = "{commit}"',
        *chain.from_iterable(
            ["", f"[{part}]", *(f'"{name}" = "{value}"' for name, value in sorted(values.items()))]
            for part, values in parts.items()
        ),
    ]
    notes.write_text("\n".join(lines) + "\n", "utf-8")


def write_stdlib_names(path: Path) -> None:
    """Write the names that no new project may have, as PyPI derives them."""
    import stdlib_list  # noqa: PLC0415  (needed for this alone)

    modules = chain.from_iterable(map(stdlib_list.stdlib_list, stdlib_list.short_versions))
    parts = (module.split(".") for module in modules)
    folders = chain.from_iterable((part[:length] for length in range(1, len(part) + 1)) for part in parts)
    names = {canonicalize_name(".".join(folder).strip("-_.")) for folder in folders}
    head = [line for line in path.read_text("ascii").splitlines() if line.startswith("#")]
    path.write_text("\n".join([*head, *sorted(names)]) + "\n", "ascii")


def main(argv: list[str]) -> int:
    """Compare, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--stdlib-names", action="store_true")
    parser.add_argument("--notes", type=Path, default=NOTES)
    options = parser.parse_args(argv)
    warehouse = Warehouse(options.checkout)
    if options.stdlib_names:
        write_stdlib_names(NAMES)
    if options.accept:
        accept(warehouse, options.notes)
    found = list(changes(warehouse, tomllib.loads(options.notes.read_text("utf-8"))))
    print("\n".join(found) or "nothing has changed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
