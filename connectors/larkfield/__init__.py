"""Larkfield's year: the fictional company's work, as the sandbox servers tell it."""
