"""The options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tpub.cli.app import Color, Format
from tpub.cli.complete import indexes, providers, rule_codes
from tpub.config.modes import Attestations, TrustedPublishing

Dists = Annotated[
    list[str] | None,
    typer.Argument(metavar="[DISTS]...", help="Wheels and sdists, or patterns of them.  [default: dist/*]"),
]
IndexOption = Annotated[
    str | None,
    typer.Option(
        "--index",
        metavar="NAME|URL",
        autocompletion=indexes,
        help="`pypi`, `testpypi`, or an upload URL.  [default: pypi]",
    ),
]
Indexes = Annotated[
    list[str] | None,
    typer.Option(
        "--index",
        metavar="NAME|URL",
        autocompletion=indexes,
        help="`pypi`, `testpypi`, one of your own, or an upload URL. The next one gets the files when the one before "
        "has them all, verified.  [default: pypi]  [repeatable]",
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="What the report is written as.  [default: what the CI reads in which it runs]"),
]
Reports = Annotated[
    Path | None,
    typer.Option(
        "--reports",
        metavar="DIR",
        help="Also write a code-quality report, a JUnit report and a dotenv file there, for a CI to collect.",
    ),
]
ColorOption = Annotated[Color, typer.Option("--color", help="When to use colour.")]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore",
        metavar="CODE",
        autocompletion=rule_codes,
        help="Do not tell of this warning; make of this error one.  [repeatable]",
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Let warnings stop a release, too.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say where each setting comes from.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, only the report.")]
Provider = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        autocompletion=providers,
        help="Whose identity to publish with.  [default: whichever CI this is]",
    ),
]
IdentityTokenFile = Annotated[
    str | None, typer.Option(metavar="PATH", help="A file with an identity token to exchange; `-` is stdin.")
]
AttestationsOption = Annotated[
    Attestations | None, typer.Option(help="Whether files travel with attestations (PEP 740).  [default: auto]")
]
TrustConfig = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The trust configuration of a sigstore of your own.")
]
Jobs = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=64, help="Files at once.  [default: up to 4, as the index bears]")
]
Wait = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        min=0,
        help="How long to wait for the index to list the files.  [default: 60 for PyPI, else 10]",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Stop at the plan: mint nothing, send nothing.")]
Token = Annotated[str | None, typer.Option(metavar="TOKEN", help="An API token; better in `TPUB_TOKEN`.")]
Username = Annotated[str | None, typer.Option(metavar="NAME", help="User name, for indexes that want one.")]
Password = Annotated[str | None, typer.Option(metavar="PASSWORD", help="Its password; better in `TPUB_PASSWORD`.")]
TrustedPublishingOption = Annotated[
    TrustedPublishing | None, typer.Option(help="Whether the job's identity is the credential.  [default: auto]")
]
MaxTries = Annotated[
    int | None, typer.Option(metavar="N", min=1, max=50, help="Requests for one file at most.  [default: 5]")
]
NoCheck = Annotated[bool, typer.Option("--no-check", help="Send the files unjudged.")]
ConfigFile = Annotated[
    str | None, typer.Option(metavar="FILE", help="Indexes and passwords, as twine has them.  [default: ~/.pypirc]")
]
Cert = Annotated[
    str | None, typer.Option(metavar="FILE", help="The certificate authorities to believe.  [default: the system's]")
]
ClientCert = Annotated[
    str | None, typer.Option(metavar="FILE", help="The client certificate to show, with its private key (PEM).")
]
