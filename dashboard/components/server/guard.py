"""Who may talk to the app: checked before Streamlit sees a request (ASGI, no framework).

    app = st.App(__file__, middleware=[Middleware(Guard, token="...")])

* No other page may frame the app, send to it, or fetch from it. Pages of other ports of this
  machine are other pages, too; Streamlit lets them in.
* A name that only pretends to be this machine (DNS rebinding) is refused.
* With a token, a browser gets in by the address that holds it, and has a cookie from then on.
  A second token lets in viewers, who may only look.
* Behind a proxy that asks for names, the name that it sends is believed, and only then.

The pages learn from two headers of the guard's own who is asking; a browser cannot send them.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from dataclasses import dataclass
from fnmatch import fnmatch
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

HEADERS: tuple[Header, ...] = (
    # The camera and the other components are frames of the page's own.
    (b"content-security-policy", b"frame-ancestors 'self'"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
HEALTH = "/_stcore/health"  # says that the app runs, and nothing else; for whoever watches over it
MONTH = 30 * 24 * 3600
ASK = """<!doctype html><html lang="en"><meta charset="utf-8"><title>fingercount</title>
<body style="font-family: sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem">
<h1>fingercount</h1><p>{message}</p>
<form><label>Token <input name="token" type="password" autofocus></label> <button>Open</button>
</form></body></html>"""
OURS = "x-fingercount-"  # what headers of the guard's own begin with
ROLE, NAME = f"{OURS}role", f"{OURS}name"
EDITOR, VIEWER = "editor", "viewer"
LONGEST_NAME = 64
NO_NAME = (
    b"The proxy in front of the app has to say in one header who is asking (--behind-proxy), "
    b"and nobody may come around it."
)
NEEDED = (
    "This app is open to whoever knows its token. Open the address that the terminal shows, "
    "or copy the token from there (what follows token=)."
)
WRONG = "That is not the token. It changes each time the app is started: look in the terminal."


@dataclass(frozen=True)
class Entrance:
    """Who gets in, and as what.

    Attributes:
        token: what opens the app to editors; None lets in whoever reaches it.
        viewer_token: what opens it to viewers, if anything does; only beside a token.
        name_header: the header in which a proxy sends the name of whoever logged in; "" where
            there is no such proxy.
        editors: the names that may change something; None: all.
    """

    token: str | None = None
    viewer_token: str | None = None
    name_header: str = ""
    editors: frozenset[str] | None = None

    def role_of_token(self, given: str) -> str | None:
        """Return what a token makes of a browser; None for a wrong one."""
        return self._role(given, lambda token: token)

    def role_of_cookie(self, given: str) -> str | None:
        """Return what a cookie makes of a browser; None for a wrong one."""
        return self._role(given, cookie_of)

    def _role(self, given: str, form: Callable[[str], str]) -> str | None:
        for token, role in ((self.token, EDITOR), (self.viewer_token, VIEWER)):
            if token and same(given, form(token)):
                return role
        return None

    def role_of_name(self, name: str) -> str:
        """Return what a name that the proxy sent makes of a browser."""
        return EDITOR if self.editors is None or name in self.editors else VIEWER


class Guard:
    """An ASGI application around another: refuses, lets in by a token, adds headers.

    Args:
        inner: the application that is guarded.
        entrance: who gets in, and as what.
        hosts: the only names by which it may be called, without ports ("*.example.org", too);
            none: any name.
        origins: the pages ("https://hands.example.org") that may use it besides its own; "*": all.
    """

    def __init__(
        self,
        inner: Application,
        entrance: Entrance = Entrance(),
        hosts: Collection[str] = (),
        origins: Collection[str] = (),
    ):
        self.inner, self.entrance, self.hosts, self.origins = inner, entrance, hosts, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self.inner(scope, receive, send)
        refusal = why_refused(scope, self.hosts, self.origins)
        if refusal is not None:
            return await _refuse(scope, send, refusal)
        role, name = EDITOR, ""
        if not scope["path"].endswith(HEALTH):
            door = self.entrance
            if door.token is not None:
                given = _query(scope).get("token", [""])[-1]
                if (
                    scope["type"] == "http"
                    and scope["method"] == "GET"
                    and (door.role_of_token(given))
                ):
                    return await _answer(send, 303, b"", _let_in(scope, given))
                by_cookie = door.role_of_cookie(cookies(scope).get(cookie_name(scope), ""))
                if by_cookie is None:
                    page = ASK.format(message=escape(WRONG if given else NEEDED)).encode()
                    return await _refuse(scope, send, page, b"text/html; charset=utf-8")
                role = by_cookie
            if door.name_header:
                name = name_sent(scope, door.name_header)
                if not name:
                    return await _refuse(scope, send, NO_NAME)
                role = VIEWER if role == VIEWER else door.role_of_name(name)
        inside = with_user(without_origin(scope), role, name)
        return await self.inner(inside, receive, _with_headers(send))


def name_sent(scope: Scope, header_name: str) -> str:
    """Return the name that a proxy sent; empty where it is none, or there are several.

    A proxy that adds its header to one that a browser sent would let each be anybody.
    """
    key = header_name.lower().encode("latin-1")
    found = [value for name, value in scope["headers"] if name == key]
    name = found[0].decode("utf-8", "replace").strip() if len(found) == 1 else ""
    return name if name.isprintable() and len(name) <= LONGEST_NAME else ""


def with_user(scope: Scope, role: str, name: str) -> Scope:
    """Return a request that says who is asking, whatever it said of that itself."""
    kept = [(k, v) for k, v in scope["headers"] if not k.lower().startswith(OURS.encode())]
    said = [(ROLE.encode(), role.encode()), (NAME.encode(), quote(name).encode())]
    return {**scope, "headers": [*kept, *said]}


def same(given: str, token: str) -> bool:
    """Say whether a token is the right one, in a time that does not tell how much of it is."""
    return hmac.compare_digest(given.encode(), token.encode())


def cookie_of(token: str) -> str:
    """Return what a browser keeps: not the token, which may have signs that no cookie has."""
    return hashlib.sha256(f"fingercount {token}".encode()).hexdigest()


def why_refused(
    scope: Scope, hosts: Collection[str] = (), origins: Collection[str] = ()
) -> bytes | None:
    """Return why a request is refused whatever token it has, or None.

    Args:
        scope: of the ASGI request.
        hosts: the only names by which the app may be called; none: any name.
        origins: other pages that may use it; "*": all.
    """
    host = header(scope, b"host")
    if hosts and not any(fnmatch(_without_port(host), name) for name in hosts):
        return b"The app is not open under this name. --server.allowedHosts adds one."
    origin = header(scope, b"origin")
    if "*" in origins or origin in origins:
        return None
    # What pages of others send says where it comes from; a link that is followed does not.
    if origin and origin.partition("://")[2] != host:
        return b"Only the app's own pages may do this."
    foreign = header(scope, b"sec-fetch-site") in ("cross-site", "same-site")
    opened = header(scope, b"sec-fetch-mode") == "navigate"
    framed = header(scope, b"sec-fetch-dest") in ("frame", "iframe", "embed", "object")
    if foreign and (not opened or framed):
        return b"Only the app's own pages may do this."
    return None


def header(scope: Scope, name: bytes) -> str:
    """Return a header of a request, or an empty text."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _without_port(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # such as [::1
        return ""


def without_origin(scope: Scope) -> Scope:
    """Return a request without the page that sent it, which is checked by now.

    Streamlit would compare it with this machine's address on the internet, and asks a host there
    for that address.
    """
    return {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"origin"]}


def cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request; none where they cannot be read."""
    try:
        return {name: c.value for name, c in SimpleCookie(header(scope, b"cookie")).items()}
    except CookieError:
        return {}


def cookie_name(scope: Scope) -> str:
    """Return the name of the app's cookie: ports share cookies, so the port is in it."""
    port = (scope.get("server") or ("", 0))[1]
    return f"fingercount-{port}"


def _query(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope["query_string"].decode("latin-1"))


def _let_in(scope: Scope, token: str) -> list[Header]:
    """Return the headers that set the cookie, and take the token out of the address."""
    rest = {name: values for name, values in _query(scope).items() if name != "token"}
    # Never //host, which would be an address elsewhere.
    path = "/" + quote(scope["path"].lstrip("/\\"))
    to = path + ("?" + urlencode(rest, doseq=True) if rest else "")
    cookie = (
        f"{cookie_name(scope)}={cookie_of(token)}; Path=/; Max-Age={MONTH}; HttpOnly; SameSite=Lax"
    )
    if scope["scheme"] in ("https", "wss"):
        cookie += "; Secure"
    return [
        (b"location", to.encode()),
        (b"set-cookie", cookie.encode()),
        (b"cache-control", b"no-store"),
    ]


async def _refuse(scope: Scope, send: Send, body: bytes, kind: bytes = b"text/plain") -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before accepting: 403
    else:
        headers = [(b"content-type", kind), (b"cache-control", b"no-store")]
        await _answer(send, 403, body, headers)


async def _answer(send: Send, status: int, body: bytes, headers: list[Header]) -> None:
    length = (b"content-length", str(len(body)).encode())
    start = {"status": status, "headers": [*headers, length, *HEADERS]}
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": body})


def _with_headers(send: Send) -> Send:
    """Return a `send` that adds the headers to each answer, in place of its own of that name."""
    ours = {name for name, _ in HEADERS}

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [(k, v) for k, v in message["headers"] if k.lower() not in ours]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return sending
