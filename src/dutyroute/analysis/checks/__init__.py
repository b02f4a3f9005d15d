"""Checks: what is wrong with a rulebook, found without an incident."""
