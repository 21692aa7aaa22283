"""Addresses as they may be shown and stored: without who asks, and without what lets him in."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

_SECRET_NAME = (
    r"[\w.\-]*(?:token|passw|secret|credential|signature|api[_\-.]?key|access[_\-.]?key|subscription[_\-.]?key|"
    r"auth|ticket|session|login|user|bearer|jwt)[\w.\-]*|key|pass|pwd|pw|pin|sig|sas|code|hash|[\w\-]*_key|x-amz-[\w\-]+"
)
"""Names of parameters that may let somebody in or say who it is: rather one too many. Own choice."""

_IS_SECRET = re.compile(_SECRET_NAME, re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:/{1,2}|[a-z][a-z0-9+.\-]*://)[^\s\"'<>|]+", re.IGNORECASE)
_PAIR = re.compile(rf"(?<![\w.\-])({_SECRET_NAME})(\s*[=:]\s*)('[^']*'|\"[^\"]*\"|[^\s&;,|\"'<>]+)", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Whether a parameter of this name may let somebody in or say who it is."""
    return _IS_SECRET.fullmatch(unquote(name).strip()) is not None


def without_secrets(text: str) -> str:
    """A text in which every web address has lost its credentials, and every ``password=...`` its value.

    From addresses go the part before ``@``, parameters whose names look like secrets, and the fragment; what is left
    stays readable and can be asked again by somebody with credentials of his own.
    """
    shown = _ADDRESS.sub(lambda found: bare_address(found.group()), text)
    pieces, last = [], 0
    for found in _ADDRESS.finditer(shown):
        pieces += [_without_pairs(shown[last : found.start()]), found.group()]
        last = found.end()
    return "".join([*pieces, _without_pairs(shown[last:])])


def bare_address(address: str) -> str:
    """A web address without credentials, secret parameters and fragment."""
    # the path type of the system makes one slash of two
    address = re.sub(r"^(https?):/(?!/)", r"\1://", address, flags=re.IGNORECASE)
    try:
        parts = urlsplit(address)
    except ValueError:
        return re.sub(r"//[^/]*@", "//", address).partition("?")[0]
    host = parts.netloc.rpartition("@")[2]
    path = ";".join(
        piece for i, piece in enumerate(parts.path.split(";")) if not i or not is_secret_name(piece.partition("=")[0])
    )
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not is_secret_name(name)]
    return urlunsplit((parts.scheme, host, path, urlencode(kept, safe=":,/*()"), ""))


def _without_pairs(text: str) -> str:
    return _PAIR.sub(lambda found: f"{found.group(1)}{found.group(2)}...", text)
