"""Broken set-ups, the ways in which people type one and the same file, and what a mend must leave."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import yaml

from support.evidence import ACTION, CI, GRANTED, RELEASE, UPLOAD, github
from tpub.diagnostic import Diagnostic, Severity
from tpub.doctor.diagnose import findings
from tpub.doctor.gather import Sources, of_files
from tpub.doctor.mend import Mend, mends
from tpub.doctor.write import write
from tpub.workflow.document import parse

ROUNDS = 9
SCRIPT = "  script:\n    - tpub upload dist/*\n"
TOKENS = "  id_tokens:\n    PYPI_ID_TOKEN:\n      aud: pypi\n"
JOB = f"publish:\n  stage: deploy\n{SCRIPT}"
# Set-ups that are mended without taking anything away.
BROKEN = (
    (RELEASE, github(UPLOAD)),
    (RELEASE, github("    permissions:\n      id_token: write\n" + UPLOAD)),
    (RELEASE, github("    permissions:\n      id-token: read\n" + UPLOAD)),
    (RELEASE, github("    permissions:\n      contents: read\n" + UPLOAD, top="permissions:\n  id-token: write\n")),
    (RELEASE, github(UPLOAD, build="    permissions:\n      id-token: write\n")),
    (RELEASE, github(GRANTED + ACTION.replace("{name: dist, path: dist/}", "{path: dist/}"))),
    (CI, JOB),
    (CI, f"build:\n  script: make\n{TOKENS}{JOB}"),
    (CI, f"id_tokens:\n  PYPI_ID_TOKEN:\n    aud: pypi\n{JOB}"),
    (CI, f"publish:\n{TOKENS.replace('aud: pypi', 'aud: testpypi')}{SCRIPT}"),
)
# Others, that lose something by their mends, share what they say, or need several.
TANGLED = (
    (RELEASE, github("    permissions: read-all\n    steps:\n      - run: sudo tpub upload dist/*\n")),
    (RELEASE, github("    permissions: *p\n" + UPLOAD, build="    permissions: &p\n      contents: read\n")),
    (RELEASE, github("    permissions: &p {contents: read, }\n" + UPLOAD) + "  site: {permissions: *p, steps: []}\n"),
    (RELEASE, github(f"    env:\n      id-token: write # here\n{UPLOAD}", on="on: [pull_request_target]")),
    (RELEASE, github(GRANTED + "    steps:\n      - env: {A: b, UV_PUBLISH_TOKEN: $T}\n        run: uv publish\n")),
    (RELEASE, yaml.safe_dump(yaml.safe_load(github(UPLOAD)), default_flow_style=True)),
    (CI, f".t: &t\n{SCRIPT}publish: *t\nlate:\n  <<: *t\n  stage: x\n"),
    (CI, f"{JOB}  variables:\n    PYPI_ID_TOKEN: $CI_JOB_JWT_V2\n"),
    (CI, f"default: {{id_tokens: {{PYPI_ID_TOKEN: {{aud: pypi}}}}}}\n{JOB}  inherit: {{default: [image, ]}}\n"),
    (CI, f"spec: {{inputs: {{e: {{default: x}}}}}}\n---\n{JOB}  environment: $[[ inputs.e ]]\n"),
)
Chance = random.Random
ODD = ["&a ", "*a", "<<: *a", "{", "}", "[", "]", ":", ",", "#", "- ", "'", '"', "|", "!x ", "\t", "\r", "\n", "\n\n"]
ODD += ["\x85", "\u2028", "é", "\U0001f40d", "$[[ inputs.x ]]", "null", "~"]


def _remarked(text: str, chance: Chance) -> str:
    lines = []
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        lines += [f"{indent}# é {chance.random()}"] * (line.strip() != "" and chance.random() < 0.3)
        lines.append(line + chance.choice(["", "", " # ☃", "\t# tab", "  "]) if line.strip() else line)
    return "\n".join(lines)


def _quoted(text: str, chance: Chance) -> str:
    quotes = ["", "'", '"']
    return re.sub(
        r"(?m)^( *(?:- )?)([\w-]+)(?=:(?: |$))", lambda m: f"{m[1]}{(q := chance.choice(quotes))}{m[2]}{q}", text
    )


# What leaves the meaning of a file as it is, in this order.
WAYS: tuple[Callable[[str, Chance], str], ...] = (
    _remarked,
    _quoted,
    lambda text, _: text if text.startswith("spec") else f"---\n{text}",
    lambda text, chance: text + chance.choice(["\n\n", "# the end", "...\n"]),
    lambda text, _: text.rstrip("\n"),
    lambda text, _: text.replace("\n", "\r\n"),
    lambda text, _: f"\ufeff{text}",
)


def typed(text: str, chance: Chance) -> str:
    """Return a text as somebody else would type it."""
    for way in WAYS:
        text = way(text, chance) if chance.random() < 0.3 else text
    return text


def marred(text: str, chance: Chance) -> str:
    """Return a text after a few slips, which may have made something else of it."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        lines = text.split("\n")
        at, more = chance.randrange(len(lines)), chance.choice([1, 1, 2, 5])
        match chance.randrange(4):
            case 0:
                del lines[at : at + more]
            case 1:
                lines[at:at] = lines[at : at + more]
            case 2:
                column = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:column] + chance.choice(ODD) + lines[at][column:]
            case _:
                lines[at] = " " * chance.randrange(8) + lines[at].lstrip(" ")
        text = "\n".join(lines)
    return text


def mended(root: Path) -> list[Mend]:
    """Mend the checkout at `root` as the command does, round by round; return what was written.

    Raises `AssertionError` for a mend that leaves less than it found, and if there is no end to them.
    """
    made: list[Mend] = []
    for _ in range(ROUNDS):
        found = findings(of_files(Sources(root, {}, 0.0)))
        now = mends(root, found)
        if not now:
            return made
        for mend in now:
            _examine(mend)
        write(root, now)
        made += now
    raise AssertionError(f"no end after {ROUNDS} rounds: {made[-1].diff}")


def errors(root: Path) -> list[str]:
    """Return the codes of what keeps the checkout from publishing."""
    found = findings(of_files(Sources(root, {}, 0.0)))
    return [each.diagnostic.code for each in found if each.diagnostic.severity is not Severity.NOTE]


def _examine(mend: Mend) -> None:
    before, after = (parse(text.removeprefix("\ufeff"), mend.path) for text in (mend.before, mend.after))
    assert not isinstance(before, Diagnostic), before.message
    assert not isinstance(after, Diagnostic), f"{after.message}\n{mend.diff}"
    assert len(after.duplicates) <= len(before.duplicates), mend.diff
    assert mend.diff, mend
    assert mend.after.startswith("\ufeff") == mend.before.startswith("\ufeff")
    if "\r\n" in mend.before and "\n" not in mend.before.replace("\r\n", ""):
        assert "\n" not in mend.after.replace("\r\n", ""), mend.diff
