"""Looks at every checkout in a folder with `tpub doctor`'s eyes: what it says of real projects has to be right.

python scripts/doctor_over.py FOLDER [--notes]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tpub.diagnostic import Line, Severity
from tpub.doctor.diagnose import diagnose
from tpub.doctor.gather import Sources, gather


def main() -> None:
    """Print what is diagnosed, checkout by checkout, and how much was looked at."""
    roots = sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir())
    publishing = 0
    for root in roots:
        evidence = gather(Sources(root, {"TPUB_TOKEN": "set, so that nobody asks for a CI"}, 0))
        publishing += len({each.workflow.path for each in evidence.actions.publishing})
        publishing += len({job.line.path for pipeline in evidence.pipelines for job, _ in pipeline.publishing})
        for found in diagnose(evidence):
            if found.severity is not Severity.NOTE or "--notes" in sys.argv:
                where = next((f"{line.path}:{line.line}" for line in found.evidence if isinstance(line, Line)), "")
                print(f"{root.name}: {where}: {found.severity}: {found.message} [{found.code}]")
    print(f"{len(roots)} checkouts, {publishing} files with jobs that publish")


if __name__ == "__main__":
    main()
