"""What can go wrong with Slack, named by what to do: wait, repair something, or look whether it arrived.

The codes are those of docs.slack.dev/reference/methods/chat.postMessage and of the other methods we call.
"""

from collections.abc import Awaitable, Mapping

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import (
    SLACK_AMBIGUOUS,
    SLACK_CHANNEL,
    SLACK_LATER,
    SLACK_MESSAGE,
    SLACK_SCOPE,
    SLACK_TOKEN,
)
from config.errors import Entry


class SlackError(Exception):
    """Slack did not do what was asked. `sentence` says so to an operator, what to do next, and the entry."""

    entry = SLACK_LATER

    def __init__(self, sentence: str, entry: Entry | None = None) -> None:
        self.sentence = f"{sentence} {entry or self.entry}"
        super().__init__(self.sentence)


class SlackWait(SlackError):  # noqa: N818 - named by what to do
    """Nothing was done: come back in that many seconds (429, or Slack could not be reached)."""

    def __init__(self, seconds: float, sentence: str) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class SlackRefused(SlackError):  # noqa: N818 - named by what to do
    """Nothing was done, and nothing will be until someone repairs what the sentence names."""

    def __init__(
        self, code: str, sentence: str, *, permanent: bool = True, entry: Entry | None = None
    ) -> None:
        super().__init__(sentence, entry)
        self.code = code
        self.permanent = permanent


class SlackAmbiguous(SlackError):  # noqa: N818 - named by what to do
    """The request left and no answer came: it may have been done. Never repeat it unseen."""

    entry = SLACK_AMBIGUOUS


_REPORT = "This is a mistake of opsbot, please report it."
_INSTALL = "Install the app again and set OPSBOT_SLACK_BOT_TOKEN to its bot token."

REFUSALS: Mapping[str, str] = {
    "channel_not_found": "I see no channel {channel}. Correct the model, or invite me if it is private.",
    "not_in_channel": "I am not in {channel}. Type `/invite @opsbot` there, then try again.",
    "is_archived": "{channel} is archived. Unarchive it, or name another channel in the model.",
    "restricted_action": "The workspace does not let me post in {channel}. Ask a workspace admin.",
    "restricted_action_read_only_channel": "{channel} is read-only for me. Ask a workspace admin.",
    "is_ext_shared": "{channel} is shared with another organisation. I post nothing there.",
    "became_public": "{channel} was private when I started and is public now. Restart me if that is meant.",
    "too_large": f"The message is larger than Slack takes ({{detail}}). {_REPORT}",
    "msg_too_long": f"The message is larger than Slack takes. {_REPORT}",
    "msg_blocks_too_long": f"The message is larger than Slack takes. {_REPORT}",
    "invalid_blocks": f"Slack does not understand the message. {_REPORT}",
    "no_text": f"The message is empty. {_REPORT}",
    "invalid_auth": f"Slack does not accept the token. {_INSTALL}",
    "not_authed": f"No token was sent to Slack. {_INSTALL}",
    "token_revoked": f"The token was revoked. {_INSTALL}",
    "token_expired": f"The token has expired. Switch token rotation off. {_INSTALL}",
    "account_inactive": f"The app was removed from the workspace. {_INSTALL}",
    "not_allowed_token_type": "This is no bot token. Set OPSBOT_SLACK_BOT_TOKEN to the one with xoxb.",
    "missing_scope": "The app lacks a permission: {detail}. Install it again with the current manifest.",
    "org_login_required": "The workspace is moving to another organisation. Try again when that is done.",
    "ekm_access_denied": "The workspace's keys do not let me post for now. Ask a workspace admin.",
}
"""What a refusal means and what to do, by Slack's own code and by the two of ours."""

_ENTRIES: Mapping[Entry, tuple[str, ...]] = {
    SLACK_CHANNEL: (
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "is_ext_shared",
        "became_public",
    ),
    SLACK_MESSAGE: ("too_large", "msg_too_long", "msg_blocks_too_long", "invalid_blocks", "no_text"),
    SLACK_TOKEN: (
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "not_allowed_token_type",
    ),
    SLACK_SCOPE: ("missing_scope",),
    SLACK_LATER: ("org_login_required", "ekm_access_denied"),
}
"""Which entry of the table of errors tells the rest; what is not here will pass, or be looked up."""

_PASSING = {"service_unavailable", "request_timeout", "team_added_to_org"}
_HALF_DONE = {"internal_error", "fatal_error"}  # "some aspect of the operation may have succeeded"
_SECONDS = 30.0


def refused(code: str, channel: str = "the channel", detail: str = "") -> SlackRefused:
    """The error for a code. `permanent` is true where the same message can never pass."""
    sentence = REFUSALS.get(code, "Slack refused with {detail}. Look the code up in Slack's documentation.")
    entry = next((entry for entry, codes in _ENTRIES.items() if code in codes), SLACK_LATER)
    says = sentence.format(channel=channel, detail=detail or code)
    return SlackRefused(code, says, permanent=entry is SLACK_MESSAGE, entry=entry)


def translated(error: Exception, channel: str = "the channel") -> SlackError:
    """What an exception of a call to Slack means. Whatever is not known to be undone is ambiguous."""
    if isinstance(error, SlackApiError):
        return _answered(error, channel)
    if isinstance(error, aiohttp.ClientConnectorError):
        return SlackWait(_SECONDS, "Slack cannot be reached. I will try again.")
    return SlackAmbiguous("Slack did not answer. The message may have arrived: look before sending it again.")


async def reading(call: Awaitable[AsyncSlackResponse], channel: str = "the channel") -> AsyncSlackResponse:
    """Await a call that changes nothing: without an answer it can simply be asked again.

    Raises:
        SlackWait: Slack is busy, down or unreachable.
        SlackRefused: someone must repair what the sentence names.
    """
    try:
        return await call
    except Exception as error:
        meant = translated(error, channel)
        if isinstance(meant, SlackAmbiguous):
            meant = SlackWait(_SECONDS, "Slack did not answer. I will try again.")
        raise meant from error


def _answered(error: SlackApiError, channel: str) -> SlackError:
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    answer = data if isinstance(data, dict) else {}
    code = str(answer.get("error", ""))
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        seconds = _retry_after(response.headers)
        return SlackWait(seconds, f"Slack is limiting posts here. I will go on in {seconds:g} s.")
    if status >= 500 or code in _HALF_DONE or not code:
        return SlackAmbiguous(
            f"Slack failed with {code or status}. The message may have arrived: look before sending it again."
        )
    if code in _PASSING:
        return SlackWait(_SECONDS, "Slack is not available for a moment. I will try again.")
    return refused(code, channel, str(answer.get("needed", "")))


def _retry_after(headers: Mapping[str, str]) -> float:
    text = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return float(text) if text.isdigit() else _SECONDS
