"""What is wrong with a rulebook, told as diagnostics."""
