"""The message about a package that is not installed."""

from __future__ import annotations

from dutyroute.messages import Lang, Text

__all__ = ["MESSAGES"]

MESSAGES: dict[str, dict[Lang, Text]] = {
    "missing-extra": {
        "zh": Text("没有安装这里需要的 {module}", "请运行：pip install 'dutyroute[{extra}]'"),
        "en": Text("{module} is needed here and is not installed", "run: pip install 'dutyroute[{extra}]'"),
    },
}
