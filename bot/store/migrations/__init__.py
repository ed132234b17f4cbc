"""Migrations of the durable tables."""
