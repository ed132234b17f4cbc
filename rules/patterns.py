"""Patterns of the operating model: which repositories and which files a line with stars means."""

import re
from fnmatch import fnmatchcase
from functools import lru_cache

_TOKENS = re.compile(r"(?:\*\*/)+|\*{2,}|\*|\?|[^*?]+")
_MEANINGS = {"*": "[^/]*", "?": "[^/]"}


def repository_matches(repository: str, pattern: str) -> bool:
    """owner/name against a pattern of the same two parts: a star stays within its part, case is ignored."""
    parts, wanted = repository.lower().split("/"), pattern.lower().split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def path_matches(path: str, pattern: str) -> bool:
    """A file against `apps/booking/**`: two stars cross folders, one does not; `apps/` is all below it."""
    return _path_expression(pattern).fullmatch(path) is not None


@lru_cache(maxsize=1024)
def _path_expression(pattern: str) -> re.Pattern[str]:
    whole = pattern + "**" if pattern.endswith("/") else pattern
    return re.compile("".join(map(_meaning, _TOKENS.findall(whole))), re.DOTALL)


def _meaning(token: str) -> str:
    if token.startswith("**"):
        return "(?:.*/)?" if token.endswith("/") else ".*"
    return _MEANINGS.get(token) or re.escape(token)
