"""The HTML of a letter's words → a page for mail programs: calm, narrow, good on a telephone and at night."""

from __future__ import annotations

from functools import cache

from css_inline import CSSInliner

# Mail programs drop style sheets, so css-inline writes these rules onto each tag. The dark ones stay in the
# head: programs that know them obey, because !important outweighs what stands on a tag; others stay light.
_STYLE = """
body { margin: 0; padding: 0; background-color: #ffffff; color: #22262b; -webkit-text-size-adjust: 100%; }
.letter { max-width: 36em; margin: 0 auto; padding: 28px 20px 36px; font-size: 16px; line-height: 1.6;
  font-family: -apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif;
  overflow-wrap: break-word; }
p { margin: 0 0 16px; }
h1, h2, h3, h4, h5, h6 { margin: 28px 0 10px; line-height: 1.3; font-weight: 600; font-size: 16px; }
h1 { font-size: 23px; }
h2 { font-size: 19px; }
ul, ol { margin: 0 0 16px; padding: 0 0 0 24px; }
li { margin: 0 0 6px; }
li p { margin: 0 0 8px; }
li ul, li ol { margin: 6px 0 0; }
a { color: #0a58ca; text-decoration: underline; }
blockquote { margin: 0 0 16px; padding: 2px 0 2px 16px; border-left: 3px solid #d3d9df; color: #59626c; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 14px;
  background-color: #f1f3f5; border-radius: 4px; padding: 2px 5px; }
pre { margin: 0 0 16px; padding: 12px 14px; background-color: #f1f3f5; border-radius: 6px;
  white-space: pre-wrap; }
pre code { padding: 0; background-color: transparent; }
hr { margin: 24px 0; border: 0; border-top: 1px solid #dfe3e8; }
h1:first-child, h2:first-child, h3:first-child { margin-top: 0; }
p:last-child { margin-bottom: 0; }
.signature { margin: 28px 0 0; font-size: 14px; line-height: 1.5; color: #59626c; }
.signature p { margin: 0 0 10px; }
@media (prefers-color-scheme: dark) {
  body, .letter { background-color: #17191d !important; color: #e4e6ea !important; }
  a { color: #8ab4ff !important; }
  .signature { color: #a9b1bb !important; }
  blockquote { border-left-color: #434a54 !important; color: #a9b1bb !important; }
  code, pre { background-color: #262a30 !important; }
  pre code { background-color: transparent !important; }
  hr { border-top-color: #353b44 !important; }
}
"""


def lay_out(body: str, title: str, language: str, direction: str) -> str:
    """The page, with its styles on its tags. `title` is HTML. `direction`: ltr or rtl."""
    return _inliner().inline(
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f'<body>\n<div class="letter">\n{body}</div>\n</body></html>\n'
    )


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
