from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tpub.preflight import data

_SCRIPT = Path(__file__).parents[2] / "scripts" / "upstream.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("upstream", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lay_out(root: Path, upstream: ModuleType) -> Path:
    """Write a checkout that has what the data files have, and a function for everything that a rule names."""
    families = {family.name: sorted(family.architectures) for family in data.platform_tags().families}
    metadata, limits = data.core_metadata(), data.limits()
    values: dict[str, object] = {
        "_allowed_platforms": sorted(data.platform_tags().exact),
        "_macosx_arches": families["macosx"],
        "_macosx_major_versions": ["11", "12", "13", "14", "15", "26"],
        "_jointlinux_arches": families["musllinux"],
        "_manylinux_arches": ["ppc64"],
        "_ios_arches": families["ios"],
        "_android_arches": families["android"],
        "SUPPORTED_METADATA_VERSIONS": list(metadata.versions),
        "DYNAMIC_FIELDS": sorted(metadata.dynamic),
        "_LENGTH_LIMITS": {"summary": limits.summary_length},
        "MAX_FILESIZE": limits.file_size,
        "UPLOAD_LIMIT_CAP": limits.file_size_cap,
    }
    texts = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    modules = {module for module, _ in upstream.named()} | {"warehouse.constants"}
    for module in modules:
        functions = (name for where, name in upstream.named() if where == module and name not in values)
        path = root.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts + "".join(f"def {name}():\n    return 1\n" for name in functions))
    (root / "requirements").mkdir()
    (root / "requirements" / "main.txt").write_text("packaging==26.2 \\\n  --hash=x\nreadme-renderer[md]==45.0\n")
    return root


def change(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def test_what_has_changed_upstream(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upstream = load()
    root, notes = lay_out(tmp_path / "warehouse", upstream), str(tmp_path / "notes.toml")
    assert upstream.main([str(root), "--accept", "--notes", notes]) == 0
    legacy = root / "warehouse" / "forklift" / "legacy.py"
    change(legacy, "'26']", "'27']")
    change(legacy, "def _validate_filename():\n    return 1", "def _validate_filename():\n    return 2")
    change(root / "warehouse" / "utils" / "project.py", "def PROJECT_NAME_RE", "def ANOTHER")
    change(root / "requirements" / "main.txt", "==26.2", "==27.0")
    capsys.readouterr()
    assert upstream.main([str(root), "--notes", notes]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "macOS versions: PyPI has 27",
        "macOS versions: PyPI no longer has 26",
        (
            "warehouse.forklift.legacy._validate_filename has changed: see filename-control-character, "
            "filename-extension-unsupported, filename-extension-wrong-kind, filename-path-separator"
        ),
        "warehouse.utils.project.PROJECT_NAME_RE is gone: see name-invalid",
        "packaging: 26.2 has become 27.0",
    ]


def test_the_notes_are_about_the_rules_that_there_are() -> None:
    upstream = load()
    noted = upstream.NOTES.read_text()
    assert [name for module, name in upstream.named() if f'"{module}.{name}"' not in noted] == []
