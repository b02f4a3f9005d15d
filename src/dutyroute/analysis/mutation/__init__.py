"""Mutation: whether the cases would notice a small mistake in a rule."""
