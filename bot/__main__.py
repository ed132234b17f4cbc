"""The command `opsbot`."""


def main() -> None:
    """Run the command line."""
    from bot.cli.app import run  # noqa: PLC0415 - the console script starts here; what it needs loads when it runs

    run()


if __name__ == "__main__":
    main()
