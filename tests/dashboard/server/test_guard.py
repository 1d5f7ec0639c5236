"""Who may talk to the app: other pages, other names, and who has no token."""

import asyncio
from urllib.parse import urlencode

import pytest

from dashboard.components.server.address import address_to_open, allowed_hosts
from dashboard.components.server.guard import (
    EDITOR,
    HEADERS,
    HEALTH,
    NAME,
    ROLE,
    VIEWER,
    Entrance,
    Guard,
    cookie_of,
    why_refused,
)

HOST = (b"host", b"localhost:8501")
OTHER_PORT = (b"origin", b"http://localhost:9999")


def request(path="/", headers=(), query="", kind="http", method="GET", scheme="http"):
    return {
        "type": kind,
        "method": method,
        "path": path,
        "scheme": scheme,
        "query_string": query.encode(),
        "server": ("127.0.0.1", 8501),
        "headers": [HOST, *headers],
    }


def send(scope, **options):
    """Return (status, headers, what the inner application saw) of a request."""
    said, seen = [], []

    async def inner(scope, receive, send):
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"X-A", b"b")]})
        await send({"type": "http.response.body", "body": b"inner"})

    async def say(message):
        said.append(message)

    asyncio.run(Guard(inner, Entrance(**options))(scope, None, say))
    if said[0]["type"] == "websocket.close":
        return 403, {}, seen
    return said[0]["status"], dict(said[0]["headers"]), seen


def test_each_answer_says_that_others_may_not_frame_it():
    for options in ({}, {"token": "t"}):
        _, headers, _ = send(request(), **options)
        assert dict(HEADERS).items() <= headers.items()
    assert headers[b"content-security-policy"] == b"frame-ancestors 'self'"


@pytest.mark.parametrize(
    "headers",
    [
        [OTHER_PORT],
        [(b"origin", b"null")],
        [(b"origin", b"https://evil.example")],
        [(b"sec-fetch-site", b"same-site"), (b"sec-fetch-mode", b"no-cors")],
        [(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"navigate"),
         (b"sec-fetch-dest", b"iframe")],
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_other_pages_may_neither_send_nor_fetch_nor_frame(headers, kind):
    status, _, seen = send(request(headers=headers, kind=kind))
    assert status == 403 and not seen


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"origin", b"http://localhost:8501"), (b"sec-fetch-site", b"same-origin")],
        [(b"sec-fetch-site", b"none"), (b"sec-fetch-mode", b"navigate")],
        [(b"sec-fetch-site", b"cross-site"), (b"sec-fetch-mode", b"navigate"),
         (b"sec-fetch-dest", b"document")],
    ],
)  # fmt: skip
def test_own_pages_programs_and_followed_links_may(headers):
    status, _, (seen,) = send(request(headers=headers))
    assert status == 200
    # Streamlit would ask a host on the internet whether the page is from this machine.
    assert not any(name == b"origin" for name, _ in seen["headers"])


def test_pages_that_the_settings_allow_may():
    scope = request(headers=[OTHER_PORT])
    assert why_refused(scope, origins=["http://localhost:9999"]) is None
    assert why_refused(scope, origins=["*"]) is None


@pytest.mark.parametrize("host", [b"evil.example:8501", b"", b"[::1", b"localhost.evil.example"])
def test_other_names_for_this_machine_are_refused(host):
    scope = {**request(), "headers": [(b"host", host)]}
    assert why_refused(scope, allowed_hosts("localhost", []))
    assert why_refused(scope, allowed_hosts("0.0.0.0", [])) is None


@pytest.mark.parametrize(
    "host", [b"localhost:8501", b"127.0.0.1", b"[::1]:8501", b"a.home.example"]
)
def test_own_names_are_not(host):
    scope = {**request(), "headers": [(b"host", host)]}
    assert why_refused(scope, allowed_hosts("localhost", ["*.home.example"])) is None


@pytest.mark.parametrize("path", ["/", "/train", "/media/a.jpg", "/_stcore/upload_file/a/b"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "given",
    [{}, {"query": "token=wrong", "method": "PUT"}, {"query": "token=right", "method": "PUT"},
     {"headers": [(b"cookie", b"fingercount-8501=right")]}, {"headers": [(b"cookie", b"\xff;=")]},
     {"headers": [(b"cookie", f"fingercount-9999={cookie_of('right')}".encode())]}],
)  # fmt: skip
def test_without_the_token_nothing_is_shown(path, kind, given):
    status, _, seen = send(request(path, kind=kind, **given), token="right")
    assert status == 403 and not seen


def test_health_is_open():
    assert send(request(HEALTH), token="right")[0] == 200


@pytest.mark.parametrize("token", ["right", "with space;=é"])
def test_the_address_lets_in_once_and_the_cookie_from_then_on(token):
    query = urlencode({"token": token, "a": "b c"})
    status, headers, seen = send(request("/train", query=query), token=token)
    assert status == 303 and headers[b"location"] == b"/train?a=b+c" and not seen
    cookie = headers[b"set-cookie"]
    assert b"HttpOnly" in cookie and b"SameSite=Lax" in cookie and b"Secure" not in cookie
    kept = [(b"cookie", b"other=1; " + cookie.partition(b";")[0])]
    for kind in ("http", "websocket"):
        assert send(request(headers=kept, kind=kind), token=token)[0] == 200


def test_over_https_the_cookie_stays_there():
    _, headers, _ = send(request(query="token=t", scheme="https"), token="t")
    assert headers[b"set-cookie"].endswith(b"; Secure")


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example"])
def test_letting_in_leads_nowhere_else(path):
    _, headers, _ = send(request(path, query="token=t"), token="t")
    assert headers[b"location"].startswith(b"/evil")


def user_of(seen) -> tuple[str, str]:
    """Return (role, name) that the application was told, each once."""
    (scope,) = seen
    said = [[v.decode() for k, v in scope["headers"] if k.decode() == key] for key in (ROLE, NAME)]
    assert [len(values) for values in said] == [1, 1]
    return said[0][0], said[1][0]


PRETENDED = [
    (ROLE.encode(), b"editor"),
    (NAME.encode(), b"anna"),
    (b"X-Fingercount-Role", b"editor"),
]
BOTH = {"token": "right", "viewer_token": "look"}


@pytest.mark.parametrize(("token", "role"), [("right", EDITOR), ("look", VIEWER)])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_a_second_token_lets_in_viewers_whatever_they_pretend(token, role, kind):
    status, headers, _ = send(request(query=f"token={token}"), **BOTH)
    assert status == 303
    kept = (b"cookie", headers[b"set-cookie"].partition(b";")[0])
    status, _, seen = send(request(headers=[*PRETENDED, kept], kind=kind), **BOTH)
    assert status == 200 and user_of(seen) == (role, "")


def test_a_viewers_cookie_opens_nothing_once_there_is_no_link_for_viewers():
    kept = (b"cookie", f"fingercount-8501={cookie_of('look')}".encode())
    assert send(request(headers=[kept]), token="right")[0] == 403
    assert send(request(headers=[kept]), **BOTH)[0] == 200


PROXY = {"name_header": "X-Forwarded-User", "editors": frozenset({"anna", "Zoë"})}


@pytest.mark.parametrize(
    ("sent", "role", "name"),
    [("anna", EDITOR, "anna"), ("ben", VIEWER, "ben"), ("Zoë", EDITOR, "Zo%C3%AB")],
)
def test_the_name_that_a_proxy_sends_decides(sent, role, name):
    headers = [*PRETENDED, (b"x-forwarded-user", sent.encode())]
    _, _, seen = send(request(headers=headers, kind="websocket"), **PROXY)
    assert user_of(seen) == (role, name)
    _, _, seen = send(request(headers=headers), name_header="X-Forwarded-User")
    assert user_of(seen) == (EDITOR, name), "without a list all may change something"


@pytest.mark.parametrize(
    "sent", [[], [b""], [b"anna", b"eve"], [b"a" * 65], [b"an\nna"]],
    ids=["none", "empty", "two", "too long", "two lines"],
)  # fmt: skip
def test_nobody_comes_around_the_proxy(sent):
    headers = [(b"x-forwarded-user", value) for value in sent]
    status, _, seen = send(request(headers=headers), **PROXY)
    assert status == 403 and not seen
    assert send(request(HEALTH, headers=headers), **PROXY)[0] == 200


def test_a_name_is_nothing_where_no_proxy_is_expected():
    headers = [(b"x-forwarded-user", b"anna")]
    _, _, seen = send(request(headers=headers))
    assert user_of(seen) == (EDITOR, "")


def test_a_viewers_token_stays_one_whatever_name_comes_with_it():
    kept = (b"cookie", f"fingercount-8501={cookie_of('look')}".encode())
    headers = [kept, (b"x-forwarded-user", b"anna")]
    _, _, seen = send(request(headers=headers), **BOTH, **PROXY)
    assert user_of(seen) == (VIEWER, "anna")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (("localhost", 8501), "http://localhost:8501"),
        (("localhost", 8501, False, "", "t"), "http://localhost:8501/?token=t"),
        (("0.0.0.0", 443, True, "hands", "t"), "https://localhost:443/hands/?token=t"),
        (("localhost", 1, False, "", "a &"), "http://localhost:1/?token=a+%26"),
        (("::1", 80), "http://[::1]:80"),
    ],
)
def test_the_address_is_one_for_a_browser_here(given, address):
    assert address_to_open(*given) == address
