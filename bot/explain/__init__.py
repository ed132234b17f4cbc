"""Explanations: why something is as it is, what each value means and where it was written."""
