"""`tpub verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tpub.cli.app import App, Color, Look, believing, conclude
from tpub.cli.options import ColorOption, FormatOption, IndexOption, TrustConfig

if TYPE_CHECKING:
    from tpub.outcome import Outcome


def verify(
    ctx: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="FILE...|PROJECT==VERSION", help="Files, or a whole release.")],
    index: IndexOption = None,
    trust_config: TrustConfig = None,
    format: FormatOption = None,
    color: ColorOption = Color.AUTO,
) -> int:
    """Say who published files, from where, and whether that is proven.

    The index is asked for the attestations (PEP 740); signatures, certificates and log entries are verified here,
    against sigstore's keys as they came with the extra `tpub[attestations]` or were last seen. Of a release, the
    bytes are those that the index lists; of a file, those at hand.
    """
    app = ctx.ensure_object(App)

    def deed() -> Outcome:
        from tpub.attest.examine import examine, targets
        from tpub.attest.verify import verifier
        from tpub.config.pyproject import read
        from tpub.config.settings import Flags, resolve
        from tpub.errors import TpubError
        from tpub.outcome import Outcome

        try:
            settings = resolve(Flags(index, trust_config=trust_config), app.env, read(app.folder))
            checked = verifier(settings.trust_config, offline=True)
            with believing(app, settings.tls).connect(app.env) as http:
                return examine(targets(what, settings.index, http), settings.index, http, checked)
        except TpubError as exc:
            return Outcome("verify", exc.exit_code, attestations=(), diagnostics=(exc.diagnostic,))

    return conclude(app, Look(format, color), "verify", deed)
