"""Which column of a history is which fact, and how its values translate."""
