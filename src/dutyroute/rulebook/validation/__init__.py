"""What is wrong with a rulebook, reported as diagnostics."""
