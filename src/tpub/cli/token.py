"""`tpub token`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Look, believing, listening
from tpub.cli.options import IdentityTokenFile, IndexOption, Provider, Quiet
from tpub.errors import TpubError

if TYPE_CHECKING:
    from tpub.index.exchange import ApiToken
    from tpub.index.model import Index


class Shape(StrEnum):
    """How the token is written on stdout."""

    ENV = "env"
    PLAIN = "plain"
    JSON = "json"


def token(
    ctx: typer.Context,
    index: IndexOption = None,
    provider: Provider = None,
    identity_token_file: IdentityTokenFile = None,
    shape: Annotated[Shape, typer.Option("--format", help="How the token is written.")] = Shape.PLAIN,
    quiet: Quiet = False,
) -> int:
    """Exchange this job's identity for an API token, for another tool: it lives some minutes.

    `env` writes the variables by which tpub, twine and uv take it. On GitHub the log masks it before anything is
    printed; elsewhere, do not let it get into a log: `TWINE_PASSWORD=$(tpub token)`.
    """
    app = ctx.ensure_object(App)
    try:
        there, minted = _minted(app, Look(verbosity=-quiet), index, (provider, identity_token_file))
    except TpubError as exc:
        if shape is not Shape.JSON:
            raise
        from tpub.outcome import Outcome
        from tpub.report.document import document

        app.out.write(document(Outcome("token", exc.exit_code, diagnostics=(exc.diagnostic,))) + "\n")
        return exc.exit_code
    app.out.write(_written(shape, there, minted))
    return 0


def _minted(app: App, look: Look, index: str | None, who: tuple[str | None, str | None]) -> tuple[Index, ApiToken]:
    from tpub.config.identity_token import chosen
    from tpub.config.modes import TrustedPublishing
    from tpub.config.pyproject import read
    from tpub.config.settings import Flags, resolve
    from tpub.index.known import Known
    from tpub.publishing.authority import Wish, minted
    from tpub.publishing.world import World

    settings = resolve(Flags(index), app.env, read(app.folder))
    identity, known = chosen(*who, app.stdin), Known(declared=settings.project.publisher)
    wish = Wish(None, TrustedPublishing.ALWAYS, identity, known)
    app = believing(app, settings.tls)
    with app.connect(app.env) as http, listening(app, look) as listener:
        world = World(app.env, http, app.clock, listener, app.machine)
        return settings.index, minted(wish, settings.index, world).token()


def _written(shape: Shape, index: Index, minted: ApiToken) -> str:
    import json

    value = minted.secret.reveal()
    match shape:
        case Shape.PLAIN:
            return f"{value}\n"
        case Shape.ENV:
            names = ("TPUB_TOKEN", "TWINE_PASSWORD", "UV_PUBLISH_TOKEN")
            return "".join(f"{name}={value}\n" for name in names) + "TWINE_USERNAME=__token__\n"
        case Shape.JSON:
            told = {"schema": "tpub/1", "command": "token", "exit_code": 0, "diagnostics": []}
            where = {"name": index.name, "upload_url": index.upload_url}
            return json.dumps(told | {"index": where, "token": value, "expires": minted.expires}, indent=2) + "\n"
