"""A wheel's entry_points.txt, read as the index reads it."""

from __future__ import annotations

import re
from configparser import ConfigParser, Error as IniError

from tpub.preflight.archive import shown
from tpub.preflight.quoting import quoted

_SCRIPTS = ("console_scripts", "gui_scripts")
_ENTRY_POINT = re.compile(r"[\w.-]+")
_SPACES = re.compile(r"(?<=\S)[^\S\r\n]{2,}")


class _CaseSensitive(ConfigParser):
    def optionxform(self, optionstr: str) -> str:
        return optionstr


def fault(content: bytes) -> str:
    """Return what is wrong with the entry points, empty if nothing is.

    Source: warehouse.utils.wheel, `_validate_entrypoints`; the entry points specification.
    """
    parser = _CaseSensitive(delimiters=("=",))
    try:
        # Inner spaces mean nothing here, and the module takes quadratic time over many of them.
        parser.read_string(_SPACES.sub(" ", content.decode()))
    except UnicodeDecodeError as exc:
        return f"entry_points.txt is no UTF-8 (byte {exc.start})"
    except IniError as exc:
        return f"entry_points.txt cannot be read ({shown(exc.message.splitlines()[0])})"
    for section in _SCRIPTS:
        for name in parser[section] if parser.has_section(section) else ():
            if _ENTRY_POINT.fullmatch(name) is None:
                return f"{quoted(name)} in [{section}] is no name for a script"
    return ""
