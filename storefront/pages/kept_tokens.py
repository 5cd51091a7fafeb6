"""What this browser may open: names and tokens of one kind of thing in a signed cookie, the newest first."""

from starlette.responses import Response

from storefront.visit import Visit, set_cookie

MOST = 20
SECONDS = 30 * 86400


def kept_tokens(visit: Visit, kind: str) -> list[tuple[str, str]]:
    """(name, token); whatever is broken counts as none."""
    plain = visit.jar.open(kind, visit.cookies.get(visit.jar.name(kind)))
    try:
        return [(str(name), str(token)) for name, token in plain][:MOST]
    except (TypeError, ValueError):
        return []


def keep_token(response: Response, visit: Visit, kind: str, name: str, token: str) -> None:
    kept = [(name, token), *(each for each in kept_tokens(visit, kind) if each[0] != name)][:MOST]
    set_cookie(response, visit.jar, kind, visit.jar.seal(kind, kept), seconds=SECONDS)


def token_to(visit: Visit, kind: str, name: str) -> str:
    """Empty where this browser has none."""
    return next((token for known, token in kept_tokens(visit, kind) if known == name), "")
