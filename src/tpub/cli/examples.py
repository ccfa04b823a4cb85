"""What stands at the end of a command's `--help`: lines of a shell, each run by a test."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, str] = {
    "tpub": """
        # What would PyPI say of what lies in dist/? What would a release look like?
        tpub check && tpub rehearse
        # The release itself, in CI.
        tpub upload
    """,
    "upload": """
        # In CI: what lies in dist/, by the job's identity.
        tpub upload
        # What would be sent to TestPyPI, and in which order.
        tpub upload --index testpypi --dry-run
        # To an index of one's own, with a token from the environment.
        TPUB_TOKEN=... tpub upload --index https://packages.example.com/legacy/
    """,
    "check": """
        # What lies in dist/.
        tpub check
        # Also whether PyPI has files of these names; warnings count as errors.
        tpub check --index pypi --strict dist/*.whl
    """,
    "rehearse": """
        # What lies in dist/, as a job on GitHub would publish it.
        tpub rehearse
        # In bad weather: the index throttles and drops a connection.
        tpub rehearse --as gitlab --fault throttle --fault drop dist/*
        # As the jobs of a workflow file, with what it permits them.
        tpub rehearse --workflow .github/workflows/release.yml
    """,
    "init": """
        # What would be written for the CI of the git remote?
        tpub init --dry-run
        # For GitLab, with a publication on TestPyPI before the one on PyPI.
        tpub init --platform gitlab --testpypi
    """,
    "publisher": """
        # What to type into PyPI's form.
        tpub publisher
        # For a new project of an organization.
        tpub publisher --project sampleproject --organization octo-org
    """,
    "doctor": """
        # In a checkout, or in the job that failed.
        tpub doctor
        # With what the job said, whatever tool published there.
        gh run view --log-failed | tpub doctor --log -
        # Mend the files of another checkout, without asking anybody anything.
        tpub doctor --offline --fix --yes checkout
    """,
    "explain": """
        tpub explain wheel-platform-tag
        # All codes that have to do with attestations.
        tpub explain | grep attestation
    """,
    "verify": """
        # Files that somebody gave you.
        tpub verify dist/*
        # A whole release, as the index has it.
        tpub verify sampleproject==0.9
    """,
    "token": """
        # For a tool that reads a variable.
        UV_PUBLISH_TOKEN=$(tpub token --quiet) && export UV_PUBLISH_TOKEN
        # For all steps of a job on GitHub that follow.
        tpub token --format env >> "$GITHUB_ENV"
    """,
}
