"""The bot: what is done about it."""
