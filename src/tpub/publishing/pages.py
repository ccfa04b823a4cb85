"""What the index shows of the projects of a run: asked for while the files are still being judged."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Self

from packaging.utils import NormalizedName

from tpub.background import Task, begin
from tpub.dist.filename import projects_of
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
        self._projects = projects_of(filenames)
        self._answers: dict[NormalizedName, Task[ProjectPage | None]] = {}
        self._is_over = False

    def __enter__(self) -> Self:
        questions = [partial(self._ask_ahead, project) for project in self._projects]
        answers = begin(questions, threads=1, name="pages")
        self._answers = dict(zip(self._projects, answers, strict=True))
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over = True
        for answer in self._answers.values():
            if not answer.wait(_FAREWELL):
                return

    def of(self, project: NormalizedName) -> ProjectPage:
        """Return the page of `project`; raises `NetworkError` if the index does not show it."""
        answer = self._answers.get(project)
        page = answer.result() if answer is not None else None
        return page if page is not None else self._ask(project)

    def _ask_ahead(self, project: NormalizedName) -> ProjectPage | None:
        return None if self._is_over else self._ask(project)

    def _ask(self, project: NormalizedName) -> ProjectPage:
        question = partial(project_page, self._index, project, self._world.http, self._authorization)
        return patiently(question, self._world.clock)
