"""The second engine: the same rules, matched by durable-rules in a process of its own."""
