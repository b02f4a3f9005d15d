"""HTML pages of a replay, a comparison, a coverage and of oversight: each is one file that loads nothing."""
