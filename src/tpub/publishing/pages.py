"""What the index shows of the projects of a run: asked for while the files are still being judged."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, wait
from functools import partial
from threading import Thread
from typing import Self

from packaging.utils import NormalizedName

from tpub.dist import filename as names
from tpub.errors import DistributionError
from tpub.index.model import Index
from tpub.index.simple import ProjectPage, project_page
from tpub.publishing.retry import patiently
from tpub.publishing.world import World
from tpub.secret import Secret

_FAREWELL = 0.5  # seconds of real time for an answer that nobody wants any more; the thread ends with the program


class Pages:
    """The pages of an index that tell of the projects of some files; `authorization` is for those of a private one."""

    def __init__(self, index: Index, filenames: Iterable[str], world: World, authorization: Secret | None) -> None:
        self._index, self._world, self._authorization = index, world, authorization
        projects = (project for project in map(_project, filenames) if project is not None)
        self._answers: dict[NormalizedName, Future[ProjectPage]] = {project: Future() for project in projects}
        self._is_over = False
        self._thread = Thread(target=self._work, name="pages", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        self._thread.join(_FAREWELL)

    def of(self, project: NormalizedName) -> ProjectPage:
        """Return the page of `project`; raises `NetworkError` if the index does not show it."""
        answer = self._answers.get(project)
        if answer is None:
            return self._ask(project)
        # A bounded wait: an unbounded one would not hear Ctrl-C on Windows.
        while not wait([answer], 1.0).done:
            pass
        return answer.result()

    def _work(self) -> None:
        for project, answer in self._answers.items():
            try:
                if not self._is_over:
                    answer.set_result(self._ask(project))
            except BaseException as exc:  # noqa: BLE001  (it is raised where the answer is wanted)
                answer.set_exception(exc)

    def _ask(self, project: NormalizedName) -> ProjectPage:
        question = partial(project_page, self._index, project, self._world.http, self._authorization)
        return patiently(question, self._world.clock)


def _project(filename: str) -> NormalizedName | None:
    try:
        return names.parse(filename).project
    except DistributionError:
        return None  # the preflight says what is wrong with it
