"""Webhook signatures: was this body sent by who shares our secret?"""

import hashlib
import hmac
from collections.abc import Sequence

PREFIX = b"sha256="


def sign(body: bytes, secret: bytes) -> str:
    """The header value for a body: `sha256=<hex>`.

    Jira sends it as X-Hub-Signature, GitHub as X-Hub-Signature-256.
    """
    return (PREFIX + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()).decode()


def verify(body: bytes, header: str | None, secrets: Sequence[bytes]) -> bool:
    """Whether the header signs these raw bytes with one of the secrets.

    Several secrets let an operator rotate them: the new and the old one hold until the old one is removed. An
    empty secret signs nothing: a forgotten setting must not let everybody in.
    """
    if header is None:
        return False
    # compare_digest refuses non-ASCII texts with an exception; of bytes it compares any.
    given = header.encode(errors="replace")
    return any(hmac.compare_digest(given, sign(body, secret).encode()) for secret in secrets if secret)
