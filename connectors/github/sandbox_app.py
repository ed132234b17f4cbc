"""A GitHub App at the sandbox: what it signs is verified, and its tokens end after an hour."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.github.sandbox_addresses import API, SITE, of_account
from connectors.github.sandbox_rest import stamp

LONGEST = 600  # seconds that a signature may hold
HOUR = timedelta(hours=1)
GRANTED = {"metadata": "read", "issues": "read", "pull_requests": "read"}


@dataclass
class InstalledApp:
    """An app that is installed at one owner, known by its public key (PEM)."""

    id: str
    public_key: str
    owner: str
    permissions: Mapping[str, str] = field(default_factory=lambda: dict(GRANTED))
    installation: int = 4711
    asked: list[dict[str, Any]] = field(default_factory=list)  # what tokens were asked for
    _ends: dict[str, datetime] = field(default_factory=dict)

    def accepts(self, authorization: str, now: datetime) -> bool:
        """Whether that is one of the app's tokens, and has not ended."""
        ends = self._ends.get(authorization.removeprefix("Bearer "))
        return ends is not None and now < ends

    def end_tokens(self) -> None:
        """As when the app's key is replaced: what was given counts no more."""
        self._ends.clear()

    def routes(self, now: Callable[[], datetime]) -> list[Route]:
        """The endpoints for who signs as the app."""

        async def told(request: Request) -> Response:
            self._verify(request, now())
            asked = request.path_params
            owner = asked.get("owner", self.owner).casefold()
            if owner != self.owner.casefold() or asked.get("id", self.installation) != self.installation:
                raise HTTPException(404)
            return JSONResponse(self._installation(now()))

        async def token(request: Request) -> Response:
            self._verify(request, now())
            if request.path_params["id"] != self.installation:
                raise HTTPException(404)
            asked = json.loads(await request.body())
            if not set(asked.get("permissions", {})) <= set(self.permissions):
                raise HTTPException(422, "The permissions requested are not granted to this installation.")
            self.asked.append(asked)
            made, ends = f"ghs_{uuid.uuid4().hex}", now() + HOUR
            self._ends[made] = ends
            body = {"token": made, "expires_at": stamp(ends), "permissions": asked.get("permissions")}
            chosen = "selected" if "repositories" in asked else "all"
            return JSONResponse({**body, "repository_selection": chosen}, 201)

        return [
            Route("/orgs/{owner}/installation", told),
            Route("/users/{owner}/installation", told),
            Route("/repos/{owner}/{name}/installation", told),
            Route("/app/installations/{id:int}", told),
            Route("/app/installations/{id:int}/access_tokens", token, methods=["POST"]),
        ]

    def _verify(self, request: Request, now: datetime) -> None:
        """GitHub's clock decides, not this machine's."""
        signed = request.headers.get("authorization", "").removeprefix("Bearer ")
        unchecked = {"verify_exp": False, "verify_iat": False, "require": ["iat", "exp", "iss"]}
        try:
            claims = jwt.decode(signed, self.public_key, ["RS256"], options=unchecked)  # type: ignore[arg-type]
        except jwt.PyJWTError as error:
            raise HTTPException(401, "A JSON web token could not be decoded") from error
        iat, exp, moment = int(claims["iat"]), int(claims["exp"]), now.timestamp()
        if str(claims["iss"]) != self.id or iat > moment or not moment < exp <= moment + LONGEST:
            raise HTTPException(401, "'Expiration time' claim ('exp') is too far in the future")

    def _installation(self, now: datetime) -> dict[str, Any]:
        born = stamp(now.astimezone(UTC).replace(hour=0, minute=0, second=0))
        return {
            "id": self.installation,
            "account": {"login": self.owner, "id": 1, "node_id": "O_1", "type": "Organization"}
            | of_account(self.owner, 1),
            "repository_selection": "all",
            "access_tokens_url": f"{API}/app/installations/{self.installation}/access_tokens",
            "repositories_url": f"{API}/installation/repositories",
            "html_url": f"{SITE}/organizations/{self.owner}/settings/installations/{self.installation}",
            "app_id": 1,
            "app_slug": "opsbot",
            "client_id": self.id,
            "target_id": 1,
            "target_type": "Organization",
            "permissions": dict(self.permissions),
            "events": [],
            "single_file_name": None,
            "created_at": born,
            "updated_at": born,
            "suspended_by": None,
            "suspended_at": None,
        }
