"""Addresses of databases, for ledgers and for histories: read in one way, and shown without their passwords."""

from __future__ import annotations

import getpass
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from dutyroute.messages import both
from dutyroute.messages.outside import SECRET, masked_path

if TYPE_CHECKING:
    from sqlalchemy import URL

PATIENCE: Final = 30
"""Seconds that a PostgreSQL server may take to answer, unless `connect_timeout` says otherwise."""

_TLS: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_KNOWN: Final = ("sslmode", "sslrootcert", "connect_timeout", "application_name", "host", "user", "password")
"""What may follow `?` in an address of PostgreSQL, as its own programs write it."""


class AddressError(ValueError):
    """An address that cannot be used: `said` tells why, in each language; `shown` names it."""

    def __init__(self, shown: str, key: str, **values: object) -> None:
        super().__init__(shown, key)
        self.shown = shown
        self.said: dict[str, str] = both(key, **values)


@dataclass(frozen=True, slots=True)
class Address:
    """A database: the URL that SQLAlchemy takes, what its driver is given besides, and how messages name it."""

    url: URL
    shown: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def read_address(text: str) -> Address:
    """
    Read the URL of a database; PostgreSQL is reached with pg8000 where no driver is named.

    Raises:
        AddressError: if it is none, or says what the driver has no use for.
    """
    import sqlalchemy

    # Not shown in full where it cannot be taken apart: nobody knows where the password is.
    outline = f"{text.partition('://')[0][:40]}://…"
    try:
        url = sqlalchemy.make_url(text)
        shown = _shown(url)
    except (ValueError, sqlalchemy.exc.ArgumentError):
        raise AddressError(outline, "address-form") from None
    # The end of a password, which would be shown as the host, the database or an option's name.
    rest = (url.database or "", *url.query) if url.password else ()
    if any("@" in part for part in (url.host or "", *rest)):
        raise AddressError(outline, "address-form")
    if url.port is not None and not 0 < url.port < 65536:
        raise AddressError(shown, "address-port", port=url.port)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+pg8000" if find_spec("pg8000") else "postgresql")
    try:
        url.get_dialect().import_dbapi()
    except (ImportError, AttributeError, ValueError, sqlalchemy.exc.ArgumentError):
        raise AddressError(shown, "address-driver", name=url.drivername[:40]) from None
    if url.drivername != "postgresql+pg8000":
        return Address(url, shown)
    for name, value in url.query.items():
        if name not in _KNOWN or not isinstance(value, str):
            raise AddressError(shown, "address-option", name=name, known=" ".join(_KNOWN))
    return _for_pg8000(url, shown, {name: str(value) for name, value in url.query.items()})


def _for_pg8000(url: URL, shown: str, said: Mapping[str, str]) -> Address:
    """Translate what PostgreSQL's own programs call its options into what the driver does."""
    mode = said.get("sslmode", "verify-full" if "sslrootcert" in said else "prefer")
    if mode not in _TLS:
        raise AddressError(shown, "address-value", name="sslmode", value=mode, known=" ".join(_TLS))
    seconds = said.get("connect_timeout", str(PATIENCE))
    if not re.fullmatch("[0-9]{1,6}", seconds):
        raise AddressError(shown, "address-value", name="connect_timeout", value=seconds, known="30")
    # The driver knows one limit, for connecting and for every answer.
    arguments: dict[str, Any] = {"timeout": max(int(seconds), PATIENCE)}
    if "application_name" in said:
        arguments["application_name"] = said["application_name"]
    if mode == "disable":
        arguments["ssl_context"] = False
    elif mode in ("require", "verify-ca", "verify-full"):
        arguments["ssl_context"] = _tls(mode, said.get("sslrootcert"), shown)
    host = said.get("host", url.host)
    if host is not None and host.startswith("/"):  # the folder of a socket
        arguments["unix_sock"] = f"{host}/.s.PGSQL.{url.port or 5432}"
    url = url.set(
        host=host or "localhost",
        username=said.get("user", url.username) or getpass.getuser(),
        password=said.get("password", url.password),
        query={},
    )
    return Address(url, shown, arguments)


def _tls(mode: str, root: str | None, shown: str) -> ssl.SSLContext:
    """Make what checks the server's certificate as `sslmode` says."""
    try:
        context = ssl.create_default_context(cafile=root)
    except OSError:  # no such file, or no certificate in it
        raise AddressError(shown, "address-value", name="sslrootcert", value=root, known="PEM") from None
    context.check_hostname = mode == "verify-full"
    if mode == "require" and root is None:
        context.verify_mode = ssl.CERT_NONE
    return context


def _shown(url: URL) -> str:
    """Write a URL for people: a password in it is left out, wherever it stands."""
    # Drivers have names of their own for it, and some take a whole text of options as one.
    hidden = {name: "***" for name, value in url.query.items() if SECRET.search(f"{name} {value}")}
    # A slash in a user's name makes the rest, with the password, the name of a database.
    url = url.set(query={**url.query, **hidden}, database=url.database and masked_path(url.database))
    shown = url.render_as_string(hide_password=True)
    return shown.replace("%2A%2A%2A", "***")
