"""Stored credentials that take the place of the identity, or are empty, or are of a kind that PyPI no longer takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tpub.doctor import pipeline_subject
from tpub.doctor.evidence import Evidence
from tpub.doctor.finding import Finding, error, warning
from tpub.doctor.subject import WITHOUT_OIDC, destination, stored
from tpub.index.credential import TOKEN_USER
from tpub.workflow.fix import Edit, removed, without
from tpub.workflow.locate import Place, around
from tpub.workflow.publish import TOOLS, Credential, Publish

_OTHERS = "tpub, twine or uv"
_PASSWORD = re.compile(r"^(?!.*(?:TOKEN|API)).*PASS", re.IGNORECASE)
_ALWAYS = "`--trusted-publishing always`"


@dataclass(frozen=True, slots=True)
class _Use:
    """A publishing step to PyPI's indexes, whose job may have an identity or not; `where` names the job."""

    publish: Publish
    is_granted: bool
    where: str
    grant: str = "`id-token: write`"
    step: Place | None = None

    @property
    def never_learnt(self) -> bool:
        """Tell whether the tool knows no trusted publishing, whatever the job is granted."""
        return self.publish.tool in WITHOUT_OIDC

    @property
    def secrets(self) -> tuple[Credential, ...]:
        return stored(self.publish)


def credentials_shadow_the_identity(evidence: Evidence) -> Iterator[Finding]:
    """Look for secrets in jobs that have an identity: what is given explicitly wins, an empty password too."""
    for use in _uses(evidence):
        if not use.is_granted or use.never_learnt or not _is_a_token(use):
            continue
        tool = "the action" if use.publish.tool == "pypi-publish" else use.publish.tool
        names = [secret.name for secret in use.secrets if _counts(evidence, use, secret)]
        names += [name for name in _of_the_run(evidence, use.publish) if name not in names]
        if not names:
            continue
        lines = [line for secret in use.secrets if (line := secret.line) is not None]
        edits, keys = _without(use)
        removing = " and ".join(dict.fromkeys([*keys, *names]))
        hint = f"Remove {removing} from {use.where}"
        hint += f", and use {_ALWAYS}." if use.publish.tool in ("uv", "tpub") else "."
        yield warning(
            "credentials-shadow-oidc",
            f"{' and '.join(names)} is set: {tool} uses it and never tries trusted publishing, "
            f"though {use.where} has an identity",
            hint,
            *(lines or [use.publish.line]),
            *(evidence.variable(name) for name in names if name in evidence.env),
            edits=edits,
        )


def secret_is_empty(evidence: Evidence) -> Iterator[Finding]:
    """Look for a secret that the job names and this run does not have."""
    for use in _uses(evidence):
        if use.is_granted:
            continue
        for secret in use.secrets:
            variable = "INPUT_PASSWORD" if use.publish.tool == "pypi-publish" else secret.name
            if evidence.env.get(variable) != "" or "secrets." not in secret.value:
                continue
            name = secret.value.partition("secrets.")[2].split("}")[0].split("|")[0].strip()
            tried = f"{use.publish.tool} knows no other way" if use.never_learnt else "trusted publishing was tried"
            instead = f" publish with {_OTHERS}," if use.never_learnt else ""
            yield error(
                "secret-empty",
                f"the step passes `secrets.{name}`, which is empty in this run, and {tried} "
                "(the secret was renamed, the run is a fork's, or it belongs to an environment that the job "
                "does not name)",
                f"Create the secret {name}, or go over to trusted publishing:{instead} drop `{secret.name}:` and give "
                f"{use.where} `permissions: {{id-token: write}}`.",
                secret.line or use.publish.line,
                evidence.variable(variable),
            )


def password_is_refused(evidence: Evidence) -> Iterator[Finding]:
    """Source: warehouse.accounts: user names other than __token__ are refused since 2023."""
    for use in _uses(evidence):
        name = use.publish.username
        running = _username_of_the_run(evidence, use.publish)
        if running:
            name = running
        is_said = bool(name) and "$" not in name
        if name == TOKEN_USER or not use.publish.secrets or not (is_said or _are_a_persons(use, name)):
            continue
        edits, keys = _without(use)
        removing = f"{' and '.join(f'`{key}`' for key in keys)} (-u/-p)" if keys else "-u/-p"
        instead = f", and publish with {_OTHERS}" if use.never_learnt else ""
        how = f"as the user {name!r} with a password" if is_said else f"as {name} with what is called a password"
        yield (error if is_said else warning)(
            "password-auth",
            f"{use.where} uploads {how}, and {evidence.where} takes tokens only",
            f"Drop {removing}{instead}: with {use.grant} the tool gets a token of its own.",
            use.publish.line,
            edits=edits,
        )


def attestations_need_an_identity(evidence: Evidence) -> Iterator[Finding]:
    """Look for attestations asked of a step that uploads with a token: they need a publisher's identity."""
    for use in _uses(evidence):
        command = use.publish.command
        wanted = use.step.get("with", "attestations") if use.step is not None else None
        by_option = command is not None and "--attestations" in command.words
        by_input = wanted is not None and wanted.text.lower() == "true" and use.publish.tool == "pypi-publish"
        if not use.secrets or not (by_option or by_input):
            continue
        how = "--attestations" if by_option else "`attestations: true`"
        yield error(
            "attestation-needs-tp",
            f"{use.where} asks for attestations and uploads with {use.secrets[0].name}: attestations need "
            "a trusted publisher's identity",
            f"Use trusted publishing (drop {use.secrets[0].name}, give the job {use.grant}), or drop {how}.",
            wanted.line if by_input and wanted is not None else use.publish.line,
            edits=[removed(wanted)] if by_input and wanted is not None else (),
        )


def _uses(evidence: Evidence) -> Iterator[_Use]:
    for subject in evidence.subjects:
        has = subject.is_granted or (evidence.is_github and evidence.has_request)
        for step in subject.steps:
            if destination(step.publish) is not None:
                yield _Use(step.publish, has, subject.job.name, step=step.step.place)
    for pipeline in evidence.pipelines:
        for job, publish in pipeline.publishing:
            index = destination(publish)
            if index is not None:
                name = pipeline_subject.variable_of(index)
                grant = pipeline_subject.block(name, pipeline_subject.audience_of(index))
                yield _Use(publish, name in job.id_tokens, f"job `{job.name}`", grant)


def _is_a_token(use: _Use) -> bool:
    name = use.publish.username
    return not name or name == TOKEN_USER or ("$" in name and not _are_a_persons(use, name))


def _are_a_persons(use: _Use, name: str) -> bool:
    """Tell whether a job with an identity is given two secrets that are called a user's name and password."""
    values = " ".join(each.value for each in use.secrets)
    return use.is_granted and "$" in name and _PASSWORD.search(values) is not None


def _counts(evidence: Evidence, use: _Use, secret: Credential) -> bool:
    """Tell whether a secret is there in this run; empty ones count for twine alone, which takes them at their word."""
    if not evidence.is_run or use.publish.tool == "pypi-publish":
        return evidence.env.get("INPUT_PASSWORD") != ""
    if secret.name not in evidence.env:
        return secret.place is None or not evidence.is_run
    return bool(evidence.env[secret.name]) or use.publish.tool == "twine"


def _of_the_run(evidence: Evidence, publish: Publish) -> list[str]:
    """Return the tool's variables that this run has though no file says so."""
    tool = next((tool for tool in TOOLS if tool.name == publish.tool), None)
    names = tool.secret_variables if tool is not None and evidence.is_run else ()
    return [name for name in names if evidence.env.get(name)]


def _username_of_the_run(evidence: Evidence, publish: Publish) -> str:
    tool = next((tool for tool in TOOLS if tool.name == publish.tool), None)
    names = tool.user_variables if tool is not None and evidence.is_run else ()
    return next((evidence.env[name] for name in names if evidence.env.get(name)), "")


def _without(use: _Use) -> tuple[list[Edit], list[str]]:
    """Return the edits that take the credentials out of the file, and the keys that go with them."""
    edits: list[Edit] = []
    keys: list[str] = []
    blocks: dict[tuple[str | int, ...], tuple[Place, dict[str, None]]] = {}
    for secret in use.secrets:
        if secret.place is None:
            continue
        mapping = around(secret.place)
        if mapping is None:
            edits.append(removed(secret.place))
            keys.append(secret.name)
            continue
        gone = [name for name in mapping.fields if name == secret.name or _is_user(name)]
        blocks.setdefault(mapping.route, (mapping, {}))[1].update(dict.fromkeys(gone))
        keys += gone
    for mapping, names in blocks.values():
        edits += without(mapping, names)
    return edits, list(dict.fromkeys(keys))


def _is_user(name: str) -> bool:
    return name in ("user", "username") or name.endswith("_USERNAME") or name == "HATCH_INDEX_USER"
