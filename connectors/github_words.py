"""GitHub's words for states, as its interface and its command line tool both write them.

They stand above the connectors because two of them read them, GitHub and files, and neither knows the other.
"""

from collections.abc import Mapping
from typing import Literal

PULL_STATES: Mapping[str, Literal["open", "merged", "closed"]] = {
    "OPEN": "open",
    "MERGED": "merged",
    "CLOSED": "closed",
}
"""Of a pull request."""
REVIEW_STATES: Mapping[str, Literal["approved", "changes_requested", "commented", "dismissed"]] = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "changes_requested",
    "COMMENTED": "commented",
    "DISMISSED": "dismissed",
}
"""Of a review that was submitted; one that is not yet (PENDING) is none."""
