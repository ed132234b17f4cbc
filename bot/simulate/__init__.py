"""Simulation: what a change of the operating model would do, before anybody makes it."""
