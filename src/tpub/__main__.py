"""`python -m tpub` and the console script."""

from tpub.cli.main import main

if __name__ == "__main__":
    main()
