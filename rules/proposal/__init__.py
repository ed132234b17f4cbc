"""A first operating model proposed from an export: facts as facts, names as proposals, the rest asked."""
