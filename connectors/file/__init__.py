"""Files: JSON lines of records, and Jira's own CSV export."""

from connectors.file.client import FileSource, connect
from connectors.file.found import Found, summary
from connectors.file.lines import encode

__all__ = ["FileSource", "Found", "connect", "encode", "summary"]
