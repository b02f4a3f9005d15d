"""What a rulebook compiles to, and the walks over it."""
