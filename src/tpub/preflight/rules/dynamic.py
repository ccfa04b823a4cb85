"""Which fields may be declared dynamic."""

from __future__ import annotations

from collections.abc import Iterator

from tpub.preflight import data
from tpub.preflight.context import Context
from tpub.preflight.quoting import field, quoted
from tpub.preflight.rule import Problem, rule


@rule(
    "dynamic-field-invalid",
    hint="Name fields of core metadata (`Requires-Dist`, not `dependencies`); Name and Version are never dynamic.",
    why="Dynamic lists the fields of an sdist that a wheel built from it may change.",
)
def dynamic_names_fields(file: Context) -> Iterator[Problem]:
    """Dynamic names fields of core metadata, other than Metadata-Version, Name and Version.

    Source: packaging.metadata, as called by warehouse.forklift.metadata;
    https://packaging.python.org/en/latest/specifications/core-metadata/#dynamic-multiple-use.
    """
    sets = data.core_metadata()
    for name in file.received.all("dynamic"):
        if name.lower() in sets.never_dynamic:
            yield Problem(f"{quoted(name)} may not be dynamic", (field("dynamic", name),))
        elif name.lower() not in sets.introduced:
            yield Problem(f"{quoted(name)}, named as dynamic, is no field of core metadata", (field("dynamic", name),))


@rule(
    "dynamic-names-itself",
    hint="Leave it out of the Dynamic fields.",
    why="PyPI keeps a list of the fields that can be dynamic.",
    is_pypi_only=True,
)
def dynamic_field_is_on_the_list(file: Context) -> Iterator[Problem]:
    """Dynamic names no field that cannot be dynamic, such as Dynamic itself.

    Source: warehouse.forklift.metadata, DYNAMIC_FIELDS.
    """
    sets = data.core_metadata()
    for name in file.received.all("dynamic"):
        if name.lower() in sets.introduced.keys() - sets.dynamic - sets.never_dynamic:
            yield Problem(f"{quoted(name)} may not be dynamic", (field("dynamic", name),))


SPECIFIED = (dynamic_names_fields,)
OF_PYPI = (dynamic_field_is_on_the_list,)
