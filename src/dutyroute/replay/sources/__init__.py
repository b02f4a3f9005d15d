"""Files of any kind and databases, in chunks that are the same each time."""
