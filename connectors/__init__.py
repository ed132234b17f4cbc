"""Connectors: what the delivery tools say."""
