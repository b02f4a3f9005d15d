"""Pages that load nothing, which their policy says, and that print well."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from dutyroute.errors import needs
from dutyroute.formats.percent import percent
from dutyroute.formats.timestamp import shown_moment
from dutyroute.messages import Lang, word
from dutyroute.messages.outside import harmless
from dutyroute.rulebook.shipped import packaged

_HERE = packaged("report")


def page(template: str, lang: Lang, *, title: str, style: str, **values: Any) -> str:
    """
    Fill a template of this folder, which extends `layout.html.j2`; every value is escaped.

    The policy names the one style sheet by its hash, so that no text which
    slipped through the escaping could bring style or script of its own.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    # Inline, and nothing is loaded: the file is sent by mail and opened years later.
    sheet = (_HERE / style).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    tag = word("language-tag", lang)
    shown = {"lang": tag, "title": title, "style": sheet, "style_hash": f"sha256-{digest}", **values}
    filled: str = ready().get_template(template).render(shown)
    return harmless(filled)


@cache
def ready() -> Any:
    """
    Load what pages need and return it, also before a long run and not after it.

    Raises:
        MissingExtraError: if Jinja2 is not installed.
    """
    with needs("report"):
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    # A missing value is an error: a page must not leave out a figure without saying so.
    made = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined)
    made.trim_blocks = made.lstrip_blocks = True
    made.globals["moment"] = shown_moment
    made.filters |= {"percent": percent, "number": "{:,}".format, "trusted": Markup}
    return made
