"""The Slack workspaces of the model: all are read, in the first one the bot speaks."""

from bot.clock import Clock
from bot.slack.directory import SlackDirectory
from bot.slack.poster import SlackPoster, create_client
from config.model import OperatingModel, Source
from config.settings import Settings


def poster_of(model: OperatingModel, settings: Settings, clock: Clock) -> SlackPoster | None:
    """Who posts: the app of the first workspace, or of the one workspace that the model need not name."""
    if settings.slack_bot_token is None:
        return None
    first = next(iter(_workspaces(model)), None)
    token = settings.slack_bot_token.get_secret_value()
    return _poster(first.id if first else "slack", token, _address(first, settings), clock)


def directories(model: OperatingModel, settings: Settings, clock: Clock) -> dict[str, SlackDirectory]:
    """Who reads channels and accounts, by workspace; only workspaces that a token is set for."""
    found = {}
    for place, workspace in enumerate(_workspaces(model)):
        token = settings.access(workspace.id).token or (None if place else settings.slack_bot_token)
        if token is not None:
            address = _address(workspace, settings)
            poster = _poster(workspace.id, token.get_secret_value(), address, clock)
            found[workspace.id] = SlackDirectory(workspace.id, poster)
    return found


def _workspaces(model: OperatingModel) -> list[Source]:
    return [source for source in model.sources if source.kind == "slack"]


def _address(workspace: Source | None, settings: Settings) -> str | None:
    own = settings.access(workspace.id).url if workspace else None
    return own or settings.slack_url


def _poster(source: str, token: str, address: str | None, clock: Clock) -> SlackPoster:
    client = create_client(token, address) if address else create_client(token)
    return SlackPoster(client, source, clock)
