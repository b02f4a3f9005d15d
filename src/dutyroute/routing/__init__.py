"""From an incident to a decision, with its reasons."""
