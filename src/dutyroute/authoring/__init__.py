"""Help for whoever writes rules: schemas, a first rulebook, new entries."""
