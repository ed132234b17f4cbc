"""Files: exports of Jira, of gh and of directories, and JSON lines of records."""

from connectors.file.client import FileSource, connect
from connectors.file.found import Counting, Found
from connectors.file.lines import encode

__all__ = ["Counting", "FileSource", "Found", "connect", "encode"]
