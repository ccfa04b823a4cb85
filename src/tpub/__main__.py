"""`python -m tpub` and the console script."""

import sys


def main() -> None:
    """Run as a program; Ctrl-C counts from the first import on."""
    try:
        from tpub.cli.main import main as program  # noqa: PLC0415  (which takes most of the time)

        program()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
