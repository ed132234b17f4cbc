"""Jira Data Center and Server, which a company runs itself: the older interface (REST API v2)."""
