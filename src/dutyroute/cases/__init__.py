"""Written cases: incidents with the duties that policy staff expect."""
