"""What opsbot stands on and cannot use: one sentence for the operator, with what to do, without secrets."""


class CannotStartError(Exception):
    """Something outside opsbot must be put right first; the text says what."""
