"""Coverage: how much of the rules the cases try out."""
