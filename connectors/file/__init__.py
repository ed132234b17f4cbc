"""Files: JSON lines of records, and Jira's own CSV export."""

from connectors.file.client import FileSource, connect
from connectors.file.found import Counting, Found, summary
from connectors.file.lines import encode

__all__ = ["Counting", "FileSource", "Found", "connect", "encode", "summary"]
