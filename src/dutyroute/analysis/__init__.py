"""What can be told of a rulebook without an incident: checks, differences, coverage."""
