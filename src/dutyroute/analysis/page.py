"""One HTML page that needs nothing else: no script, no network, fit to print."""

from __future__ import annotations

from html import escape

from dutyroute.messages import Lang

__all__ = ["page", "tag"]


def page(title: str, body: str, lang: Lang) -> str:
    """Wrap a body into a page; it may load nothing, which its policy says."""
    return _PAGE.format(lang="zh-CN" if lang == "zh" else "en", title=escape(title), style=_STYLE, body=body)


def tag(name: str, inside: str, kind: str = "") -> str:
    """Write one element around HTML that is already safe."""
    return f'<{name} class="{kind}">{inside}</{name}>' if kind else f"<{name}>{inside}</{name}>"


_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""

_STYLE = """
:root{--ink:#1b2230;--soft:#566074;--line:#dde2ea;--back:#f5f6f8;--plus:#0b6b43;--minus:#a3262a;--turn:#7a5200;
--accent:#24457c}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);
font:16px/1.65 system-ui,"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei","WenQuanYi Zen Hei",sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.5rem 4rem}
h1{font-size:1.6rem;line-height:1.3;margin:0 0 .75rem}
h2{font-size:1.05rem;margin:0 0 .6rem}
h3{font-size:.8rem;font-weight:600;color:var(--soft);margin:1.1rem 0 .3rem}
p{margin:.3rem 0}
code{font:.85em/1.5 ui-monospace,"SFMono-Regular",Consolas,monospace;overflow-wrap:anywhere}
.lead{font-size:1.1rem;margin:.9rem 0 1.6rem}
.books{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;color:var(--soft);font-size:.9rem;margin:0}
.books dt{font-weight:600}.books dd{margin:0;overflow-wrap:anywhere}
section{background:#fff;border:1px solid var(--line);border-left:4px solid var(--accent);border-radius:6px;
padding:1.1rem 1.4rem 1.2rem;margin:1.1rem 0}
ul{list-style:none;margin:0;padding:0}
.moves li{padding:.1rem 0 .1rem 1.7rem;position:relative}
.moves li::before{position:absolute;left:.2rem;font-weight:700;content:"·"}
.moves .gains{color:var(--plus)}.moves .gains::before{content:"+"}
.moves .loses{color:var(--minus)}.moves .loses::before{content:"\\2212"}
.moves .changes{color:var(--turn)}.moves .changes::before{content:"~"}
.where li{border-top:1px solid var(--line);padding:.5rem 0}
.where li:first-child{border-top:0;padding-top:.1rem}
.where b{font-weight:600}
.small{color:var(--soft);font-size:.87rem}
.behind{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;font-size:.87rem;margin:.9rem 0 0;
padding-top:.7rem;border-top:1px solid var(--line)}
.behind dt{color:var(--soft);font-weight:600}.behind dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;background:#fff;font-size:.9rem;margin:.6rem 0 1.6rem}
th,td{border:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top}
th{background:#eef1f6;font-weight:600}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.missing{color:var(--minus)}.covered{color:var(--plus)}
pre{background:#fff;border:1px solid var(--line);border-radius:6px;padding:.9rem 1.1rem;overflow:auto;font-size:.82rem;
line-height:1.55;white-space:pre-wrap;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.85rem;margin-top:2rem}
@media print{
@page{margin:16mm}
body{background:#fff;font-size:10.5pt}
main{max-width:none;padding:0}
pre,tr,.where li,.behind{break-inside:avoid}
h1,h2,h3{break-after:avoid}
section{border-radius:0}
}
"""
