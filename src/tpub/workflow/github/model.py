"""A workflow of GitHub Actions, as far as publishing depends on it.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax.
"""

from __future__ import annotations

from dataclasses import dataclass

from tpub.workflow.document import Document
from tpub.workflow.github.permissions import Permissions
from tpub.workflow.locate import Place, top


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a job or of a composite action."""

    place: Place
    uses: Place | None
    run: Place | None

    @property
    def action(self) -> str:
        """Return the action that it uses, in lower case and without version; empty for a script."""
        return self.uses.text.partition("@")[0].lower() if self.uses is not None else ""

    @property
    def inputs(self) -> dict[str, str]:
        """Return what `with:` gives the action."""
        return self.place.words("with")


@dataclass(frozen=True, slots=True)
class Job:
    """A job; `calls` is the reusable workflow that it runs instead of steps."""

    id: str
    place: Place
    permissions: Permissions | None
    steps: tuple[Step, ...]
    calls: Place | None

    @property
    def name(self) -> str:
        """Return how people point at it: `jobs.publish`."""
        return f"jobs.{self.id}"

    @property
    def environment(self) -> Place | None:
        """Return where the name of its environment stands."""
        found = self.place.get("environment")
        if found is not None and found.is_mapping:
            return found.get("name")
        return found if found is not None and found.text else None

    @property
    def runs_on(self) -> tuple[str, ...]:
        """Return the labels of its runner."""
        found = self.place.get("runs-on")
        if found is not None and found.is_mapping:
            return tuple(text for key in ("group", "labels") for text in _texts(found.get(key)))
        return _texts(found)

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the jobs that come before it."""
        return _texts(self.place.get("needs"))


@dataclass(frozen=True, slots=True)
class Workflow:
    """One file of `.github/workflows`."""

    place: Place
    permissions: Permissions | None
    jobs: tuple[Job, ...]

    @property
    def path(self) -> str:
        """Return the file's path in the checkout."""
        return self.place.document.path

    @property
    def file(self) -> str:
        """Return the file's name: what the publisher form asks for."""
        return self.path.rpartition("/")[2]

    @property
    def triggers(self) -> dict[str, Place | None]:
        """Return the events that start it, with what narrows them down."""
        # Some YAML libraries read `on` as true; whoever writes files with them gets this key.
        on = self.place.get("on") or self.place.get("true")
        if on is None:
            return {}
        if on.is_mapping:
            return dict(on.fields)
        return dict.fromkeys(on.texts)

    def granted(self, job: Job) -> Permissions | None:
        """Return the block that says what `job` may: its own, else the workflow's, else None for the default."""
        return job.permissions if job.permissions is not None else self.permissions

    def folder(self, job: Job, step: Step) -> str:
        """Return where a script of `job` runs: as the step says, else the job's defaults, else the workflow's."""
        places = [step.place.get("working-directory")]
        places += [around.get("defaults", "run", "working-directory") for around in (job.place, self.place)]
        return next((place.text for place in places if place is not None and place.text), "")

    def before(self, job: Job) -> tuple[Job, ...]:
        """Return the jobs that come before `job`, by what it needs and what those need in turn."""
        waiting, found = list(job.needs), dict[str, Job]()
        while waiting:
            other = self.job(waiting.pop())
            if other is not None and other.id not in found:
                found[other.id] = other
                waiting += other.needs
        return tuple(found.values())

    def job(self, id_: str) -> Job | None:
        """Return the job of that id."""
        return next((job for job in self.jobs if job.id == id_), None)


def workflow(document: Document) -> Workflow:
    """Return the workflow that `document` describes; what has another shape than it should is left out."""
    place = top(document)
    jobs = place.get("jobs")
    return Workflow(
        place,
        _permissions(place),
        tuple(_job(key, below) for key, below in jobs.fields.items() if below.is_mapping) if jobs is not None else (),
    )


def own_path(reference: str, repository: str = "") -> str | None:
    """Return the path that a `uses:` names in its own repository; None if it names another one.

    `./` begins in the checkout, `$/` in the repository of the workflow, at the commit that runs.
    """
    if reference.startswith(("./", "$/")):
        return reference[2:].rstrip("/")
    return named_in_full(reference, repository) or None


def named_in_full(reference: str, repository: str) -> str:
    """Return the path behind the repository's own name (`OWNER/NAME/PATH@REF`); empty if it is not named so."""
    path, own = reference.partition("@")[0], f"{repository}/"
    return path[len(own) :].rstrip("/") if repository and path.lower().startswith(own.lower()) else ""


def composite_steps(document: Document) -> tuple[Step, ...]:
    """Return the steps of a composite action; empty for actions of other kinds."""
    return _steps(top(document).get("runs", "steps"))


def _job(key: str, place: Place) -> Job:
    return Job(key, place, _permissions(place), _steps(place.get("steps")), place.get("uses"))


def _permissions(place: Place) -> Permissions | None:
    found = place.get("permissions")
    return Permissions(found) if found is not None else None


def _steps(place: Place | None) -> tuple[Step, ...]:
    return () if place is None else tuple(Step(item, item.get("uses"), item.get("run")) for item in place.items)


def _texts(place: Place | None) -> tuple[str, ...]:
    return place.texts if place is not None else ()
