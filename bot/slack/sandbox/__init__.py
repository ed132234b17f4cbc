"""A Slack of our own: a local server that answers like Slack's Web API, for the demo and for tests."""
