"""Folding what a mail repeats: the new part is read, the earlier messages wait behind a fold.

The stored body stays whole; only its showing is split. A line that introduces a quotation is known in English, Dutch,
French and German, and Outlook's in each of them.
"""

from __future__ import annotations

import re

_GAP = r"(?:\s|&nbsp;|&#160;|<br\s*/?>)"
_STARTS = [
    r"<blockquote\b",
    r"-{3,}\s*(?:Original Message|Oorspronkelijk bericht|Message d(?:'|&#39;|’)origine|Urspr(?:ü|&uuml;)ngliche Nachricht)\s*-{3,}",
    rf"\bOn\b(?:(?!</?p\b)[^\n]){{5,120}}?{_GAP}wrote{_GAP}*:",
    rf"\bOp\b(?:(?!</?p\b)[^\n]){{5,120}}?{_GAP}schreef\b(?:(?!</?p\b)[^\n]){{0,120}}?:",
    rf"\bLe\b(?:(?!</?p\b)[^\n]){{5,120}}?{_GAP}a\s(?:é|&eacute;)crit{_GAP}*:",
    rf"\bAm\b(?:(?!</?p\b)[^\n]){{5,120}}?{_GAP}schrieb\b(?:(?!</?p\b)[^\n]){{0,120}}?:",
    r"(?:<b>)?(?:From|Van|De|Von):(?:</b>)?(?:(?!</?p\b).){3,200}?(?:<b>)?(?:Sent|Date|Verzonden|Envoyé|Gesendet):",
    r"(?:(?:^|<p>|<br\s*/?>)\s*&gt;[^\n]*){2}",
]
_START = re.compile("|".join(f"(?:{one})" for one in _STARTS), re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]+>|&nbsp;|\s")


def fold(html: str) -> tuple[str, str]:
    """The new part and the quoted part of a message, both as HTML that still has to be sanitised (which closes tags).

    When nothing would be left to read, everything is the new part.
    """
    for found in _START.finditer(html):
        fresh, quoted = html[: found.start()], html[found.start():]
        if len(_TAG.sub("", quoted)) < 20:
            continue
        if _TAG.sub("", fresh):
            return fresh, quoted
        break
    return html, ""
