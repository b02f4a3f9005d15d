"""Which version this is; written here, since reading the metadata of what is installed takes long."""

from __future__ import annotations

__version__ = "0.1.0"
