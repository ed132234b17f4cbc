"""Where the vendors' files are: a folder that TEST_VENDOR_FILES names (fetch.py fills one)."""

import os
from pathlib import Path

import pytest


def vendor(pattern: str) -> list[Path]:
    """The files of that name; a module that asks for files that are not there is skipped as a whole."""
    folder = os.environ.get("TEST_VENDOR_FILES")
    found = sorted(Path(folder).glob(pattern)) if folder else []
    if not found:
        pytest.skip(
            f"TEST_VENDOR_FILES names no folder with {pattern}: make contracts", allow_module_level=True
        )
    return found
