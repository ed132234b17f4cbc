"""The example: Larkfield, a fictional company, as the demo, the documentation and the tests use it."""

from pathlib import Path


def example_path() -> Path:
    """Folder of Larkfield's operating model."""
    return Path(__file__).parent / "larkfield"


def smallest_path() -> Path:
    """File of the smallest useful operating model: one product with an owner and a selector."""
    return Path(__file__).parent / "smallest.yaml"
