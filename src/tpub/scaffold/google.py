"""The release build for Google Cloud Build."""

from __future__ import annotations

from pathlib import Path

from tpub.doctor.subject import destination
from tpub.errors import ConfigError
from tpub.identity.publisher import GooglePublisher
from tpub.scaffold.draft import Draft, Wish, change, is_free, left_to_add, publishes_already, stations
from tpub.workflow import cloudbuild
from tpub.workflow.writing.backend import Build, Wheels
from tpub.workflow.writing.render import rendered

_BESIDE = "cloudbuild-release.yaml"


def drafted(root: Path, wish: Wish, build: Build) -> Draft:
    """Return the build, beside an existing one where that does something else.

    Raises `ConfigError` if nobody says which service account publishes: no file but this one could tell.
    """
    account = wish.account or (wish.declared.email if isinstance(wish.declared, GooglePublisher) else "")
    if not account:
        raise ConfigError(
            "service-account-missing",
            "the index trusts a service account of Google's cloud, and nobody says which",
            hint="Give `--service-account NAME@PROJECT.iam.gserviceaccount.com`, "
            "or declare its `email` in [tool.tpub.publisher].",
        )
    path = cloudbuild.CONFIG if is_free(root, cloudbuild.CONFIG) else _BESIDE
    native = build.wheels in (Wheels.CIBUILDWHEEL, Wheels.MATURIN)
    values = {
        "path": path,
        "account": account,
        "what": " --sdist" if native else "",
        "history": "git fetch --unshallow --tags # the tags tell the version" if build.has_history else "",
    }
    steps = (
        rendered("google/publish", values | {"job": job.job, "index": job.index.name})
        for job in stations(wish, "publish", "build")
    )
    text = "".join((rendered("google/build", values), *steps, rendered("google/tail", values)))
    others = dict.fromkeys(
        f"{step.path}, {step.name}"
        for step in cloudbuild.load(root)
        if step.path != path and destination(step.publish) is not None
    )
    news = (*left_to_add(path, build, has_wheels=False), *(publishes_already(other, path) for other in others))
    return Draft(change(root, path, text), news)
