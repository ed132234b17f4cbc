"""Config: what the organisation declares."""
