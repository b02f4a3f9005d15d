"""Why another program or a library failed, in the reader's language, with its own words behind."""

from __future__ import annotations

import re

from dutyroute.messages import both

# What readers meet, and how it is said; the first that fits. The rest is passed on as it is.
_KNOWN = tuple(
    (key, re.compile(pattern, re.IGNORECASE))
    for key, pattern in (
        ("reason-no-revision", "single revision|unknown revision|not a valid object|invalid object name"),
        ("reason-no-git", "directory: 'git'"),
        ("reason-no-repository", "not a git repository"),
        ("reason-owner", "dubious ownership"),
        ("reason-locked", "is locked|being used by another|resource busy"),
        ("reason-read-only", "readonly|read-only"),
        ("reason-full", "no space left|disk is full|quota exceeded"),
        ("reason-login", "authentication failed|access denied|no password supplied|role .* does not exist"),
        ("reason-refused", "permission denied|not permitted|insufficient ?privilege"),
        (
            "reason-unreachable",
            "refused|timed out|unreachable|not known|could not translate|name resolution|create a connection",
        ),
        ("reason-no-table", "no such (table|column)|(relation|column|table) .* does not exist"),
        ("reason-no-database", "database .* does not exist|unable to open database"),
        ("reason-query", "syntax error"),
        (
            "reason-damaged",
            "magic bytes|file size is|thrift|unexpected end|corrupt|malformed|not a database|not a zip"
            "|bad crc|footer|truncated|decompress|couldn't deserialize|cannot detect file format",
        ),
        ("reason-io", "disk i/o error|input/output error"),
        ("reason-missing", "no such file|not a directory"),
        ("reason-folder", "is a directory"),
        ("reason-memory", "out of memory|cannot allocate|too many open files|temporarily unavailable"),
    )
)


def reason(failure: BaseException | str) -> dict[str, str]:
    """Say in both languages why something failed that speaks English only."""
    said = failure if isinstance(failure, str) else getattr(failure, "strerror", None) or str(failure)
    words = next(iter(said.strip().splitlines()), "") or type(failure).__name__
    key = next((key for key, pattern in _KNOWN if pattern.search(words)), None)
    if key is None:
        return both("reason-unknown", words=words)
    return both("reason-known", said=both(key), words=words)
