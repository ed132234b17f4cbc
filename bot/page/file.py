"""Leaves the page as a file: whole or not at all, and says where."""

import os
import tempfile
from pathlib import Path


def write(html: str, path: Path) -> str:
    """Put the page there in one step; gives its file:// address.

    Raises:
        OSError: the folder does not exist or cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:  # it names the draft, which nobody typed
        raise OSError(error.errno, error.strerror, str(path)) from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(html)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return path.resolve().as_uri()
