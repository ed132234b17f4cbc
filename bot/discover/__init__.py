"""What the tools hold that the operating model does not name, and what is proposed for it."""
