"""Paths of the model: what stands at one."""

from typing import Any

from config.mistakes import KeyPath


def reached(tree: Any, path: KeyPath, otherwise: Any = None) -> Any:
    """The value at the path; `otherwise` where the path leads to nothing."""
    for part in path:
        try:
            tree = tree[part]
        except (LookupError, TypeError):
            return otherwise
    return tree
