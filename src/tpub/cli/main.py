"""The only place where the outside world enters."""


def main() -> None:
    """Run as a program."""
