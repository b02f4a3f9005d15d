"""Checks: what is wrong with a rulebook before anybody asks it anything."""
