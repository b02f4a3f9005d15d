"""Differences: what an edit changes, region by region."""
