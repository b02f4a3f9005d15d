"""Fixed words and headings of the interface."""

from __future__ import annotations

from dutyroute.messages import Lang

__all__ = ["WORDS"]

WORDS: dict[str, dict[Lang, str]] = {
    "error": {"zh": "错误", "en": "error"},
    "warning": {"zh": "警告", "en": "warning"},
    "note": {"zh": "提示", "en": "note"},
    "help": {"zh": "办法", "en": "help"},
    "first-here": {"zh": "首次出现", "en": "first here"},
    "also-here": {"zh": "另见", "en": "also here"},
}
