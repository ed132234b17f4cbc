"""The command `opsbot`."""

import gc

ALLOCATIONS = 100_000
"""New objects before Python looks for garbage: syncing makes many that live, and looking costs a fifth."""


def main() -> None:
    """Run the command line."""
    from bot.cli.app import run  # noqa: PLC0415 - the console script starts here; what it needs loads when it runs

    gc.set_threshold(ALLOCATIONS)
    run()


if __name__ == "__main__":
    main()
