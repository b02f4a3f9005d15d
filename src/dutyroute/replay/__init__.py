"""Replay: historical cases from any file through the rulebook, into what an auditor can use."""
