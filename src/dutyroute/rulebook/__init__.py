"""What an author writes: vocabulary, rules, and the rulebook that they are read into."""
