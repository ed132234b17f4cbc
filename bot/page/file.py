"""Leaves the page as a file: whole or not at all, and says where."""

import os
import tempfile
from pathlib import Path


def write(html: str, path: Path) -> str:
    """Put the page there in one step; gives its file:// address.

    Raises:
        OSError: the folder does not exist or cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():  # a device or a pipe is written into; a folder refuses
        path.write_text(html, encoding="utf-8")
        return path.as_uri()
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
    return path.as_uri()
