"""Report: one page that needs nothing else, for an auditor's screen and printer."""
