"""What the index demands of an upload's form. Source: warehouse.forklift.forms, .decorators and .metadata."""

from __future__ import annotations

import re
from typing import cast

from packaging.metadata import InvalidMetadata, Metadata, RawMetadata

from tpub.rehearsal import names
from tpub.rehearsal.form import Form
from tpub.rehearsal.messages import RefusedError

EXTENSIONS = {"sdist": (".zip", ".tar.gz"), "bdist_wheel": (".whl",)}

_SPECIFICATION = "See https://packaging.python.org/specifications/core-metadata for more information."
_REQUIRED = "This field is required."
_DIGEST = re.compile(r"[A-F0-9]{64}", re.IGNORECASE)
_IMPORTANT = ("metadata-version", "name", "version")  # their errors are told first

_FIELDS = {name: name for name in RawMetadata.__annotations__} | {
    "platforms": "platform",
    "supported_platforms": "supported_platform",
    "license_files": "license_file",
    "import_names": "import_name",
    "import_namespaces": "import_namespace",
}
_LISTS = frozenset(name for name, kind in RawMetadata.__annotations__.items() if "list" in str(kind))


def clean(form: Form) -> None:
    """Take out what the index takes out before it looks; raises `RefusedError` if a field came as a file."""
    for name in [name for name in form.fields if form.last(name).strip() == "UNKNOWN"]:
        del form.fields[name]
    for values in form.fields.values():
        values[:] = [value.replace("\0", "\\x00") for value in values]
    for name in sorted(form.files - {"gpg_signature"}):
        raise RefusedError(400, f"{name}: Should not be a tuple.")


def check(form: Form) -> None:
    """Refuse a form that lacks what the index needs, whatever the metadata says."""
    if form.last("protocol_version", "1") != "1":
        raise RefusedError(400, "Unknown protocol version.")
    errors = _field_errors(form) or _combination_errors(form)
    if "name" in errors:
        name = form.first("name")
        shown = f"{name[:30]}...{name[-30:]}" if len(name) > 60 else name  # noqa: PLR2004  (as the index shows it)
        raise RefusedError(400, f"{shown!r} is an invalid value for Name. Error: {errors['name']} {_SPECIFICATION}")
    for field in sorted(errors):
        prefix = f"Invalid value for {field}. " if field else ""
        raise RefusedError(400, f"{prefix}Error: {errors[field]}")


def _field_errors(form: Form) -> dict[str, str]:
    errors = {}
    if not form.first("name"):
        errors["name"] = _REQUIRED
    elif not names.VALID.fullmatch(form.first("name")):
        errors["name"] = "Start and end with a letter or numeral containing only ASCII numeric and '.', '_' and '-'."
    if not form.first("filetype"):
        errors["filetype"] = _REQUIRED
    elif form.first("filetype") not in EXTENSIONS:
        errors["filetype"] = "Use a known file type."
    for field, kind in (("sha256_digest", "SHA256"), ("blake2_256_digest", "BLAKE2")):
        if form.first(field).strip() and not _DIGEST.fullmatch(form.first(field)):
            errors[field] = f"Use a valid, hex-encoded, {kind} message digest."
    return errors


def _combination_errors(form: Form) -> dict[str, str]:
    pyversion, is_sdist = form.first("pyversion"), form.first("filetype") == "sdist"
    if not is_sdist and not pyversion:
        return {"pyversion": "Python version is required for binary distribution uploads."}
    if is_sdist and pyversion not in ("", "source"):
        return {"pyversion": "Use 'source' as Python version for an sdist."}
    if not any(form.first(f"{name}_digest") for name in ("md5", "sha256", "blake2_256")):
        return {"": "Include at least one message digest."}
    return {}


def metadata(form: Form) -> tuple[RawMetadata, Metadata]:
    """Return the core metadata on the form, as it stands there and as packaging reads it; raises `RefusedError`."""
    raw, unparsed = _raw(form)
    if unparsed:
        raise _refused([InvalidMetadata(name, f"{name!r} has invalid data") for name in unparsed])
    try:
        return raw, Metadata.from_raw(raw)
    except ExceptionGroup as group:
        raise _refused([exc for exc in group.exceptions if isinstance(exc, InvalidMetadata)]) from None


def _refused(errors: list[InvalidMetadata]) -> RefusedError:
    fields = [error.field for error in errors]
    first = next((field for field in _IMPORTANT if field in fields), min(fields))
    words = str(errors[fields.index(first)])
    return RefusedError(400, f"{words}{'' if words.endswith('.') else '.'} {_SPECIFICATION}")


def _raw(form: Form) -> tuple[RawMetadata, list[str]]:
    """Return the fields of the form that are metadata, and the names of those that cannot be."""
    raw: dict[str, object] = {}
    unparsed = []
    for field, key in sorted((field, key) for key, field in _FIELDS.items()):
        values = form.fields.get(field, [""])
        if values == [""]:
            continue
        if key in _LISTS and key != "keywords":
            raw[key] = values
        elif key == "project_urls" and (urls := _project_urls(values)) is not None:
            raw[key] = urls
        elif key == "keywords" and len(values) == 1:
            raw[key] = [keyword.strip() for keyword in values[0].split(",")]
        elif key not in ("project_urls", "keywords") and len(values) == 1:
            raw[key] = values[0]
        else:
            unparsed.append(field)
    return cast("RawMetadata", raw), unparsed


def _project_urls(values: list[str]) -> dict[str, str] | None:
    """Return the URLs by label, or None if a label stands twice."""
    urls = {label.strip(): url.strip() for label, _, url in (value.partition(",") for value in values)}
    return urls if len(urls) == len(values) else None
