"""Explanations as a terminal shows them: grouped and aligned, what fails first."""
