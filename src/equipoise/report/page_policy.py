"""What the page may do: run the scripts it was written with and nothing else.

The policy names each inline script and style by its hash (Content Security Policy level 3), so
that text from the evidence could not run even if it slipped past the escaping.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

_CLOSING = re.compile(r"<(?=/script|!--)", re.IGNORECASE)


def source_hash(text: str) -> str:
    """Hash of an inline script or style as a policy writes it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Content policy for a page with these inline scripts and styles."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(source_hash(script) for script in scripts),
            "style-src " + " ".join(source_hash(style) for style in styles),
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def inline_script(code: str) -> Markup:
    """Make JavaScript safe to stand inside a script element.

    Line ends are normalised because the browser normalises them before it hashes; a closing tag
    inside a string of the code is written with an escape that JavaScript reads as the same.
    """
    text = _CLOSING.sub(r"\\x3c", code.replace("\r\n", "\n").replace("\r", "\n"))
    return Markup(text)  # noqa: S704  # our own code, not evidence


def inline_json(value: Any) -> Markup:
    """Write a value as JSON that cannot end the script element it stands in."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  # no character of markup is left
