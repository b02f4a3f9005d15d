"""Formats that several parts read or write, each implemented once."""
