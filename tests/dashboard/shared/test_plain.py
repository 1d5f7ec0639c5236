"""No name reaches a page as Markdown: a picture link in one would be fetched by the browser."""

import json
import re

import pytest

from fingercount.data.dataset import Dataset
from tests.conftest import SESSIONS, draw

HOST = "example.invalid"
LINK = f"![x](https:{HOST})"  # as a folder may be called: a browser fetches it from a http page
WEB = f"![x](https://{HOST}/1.png)"  # as a card may say
LIVE = re.compile(rf"(?<!\\)!?(?<!\\)\[[^\]\\]*\]\([^)]*{re.escape(HOST)}")
NO_MARKDOWN = ("arrow", "plotly", "component", "html", "imagelist")  # parts of a proto's name


def _below(value):
    if isinstance(value, str):
        yield value
    elif hasattr(value, "ListFields"):
        for field, inner in value.ListFields():
            if field.name not in ("id", "alt", "url"):
                yield from _below(inner)
    elif hasattr(value, "__len__") and not isinstance(value, bytes):
        for inner in value:  # of a repeated field
            yield from _below(inner)


def rendered(app) -> list[str]:
    """Return every text on a page that Streamlit may read as Markdown."""
    found = []

    def walk(block):
        for child in getattr(block, "children", {}).values():
            found.extend(texts_of(getattr(child, "proto", None)))
            walk(child)

    walk(app._tree)
    return found


def texts_of(proto) -> list[str]:
    name = type(proto).__name__.lower()
    if proto is None or any(part in name for part in NO_MARKDOWN):
        return []
    return [
        text
        for field, value in proto.ListFields()
        if not (name == "selectbox" and field.name in ("options", "raw_value"))  # shown as they are
        and field.name not in ("id", "form_id", "url", "page_script_hash")
        for text in _below(value)
    ]


@pytest.fixture
def plain(open_page):
    from components.shared.plain import plain

    return plain


@pytest.mark.parametrize(
    "text",
    ["two", "my_hands-1", "/home/ann/data: No space left.", "10:30", "Ünal, 50 %", "a - b"],
)
def test_ordinary_names_and_sentences_stay_as_they_are(plain, text):
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (LINK, rf"\!\[x\](https\:{HOST})"),
        ("<b>", r"\<b\>"),
        ("_x_ *y* `z`", r"\_x\_ \*y\* \`z\`"),
        (":red[x] :smile:", r"\:red\[x\] \:smile:"),
        ("$x$ ~~y~~ # z | &lt;", r"\$x\$ \~\~y\~\~ \# z \| \&lt;"),
        ("two\nlines\r\nof it", "two lines of it"),
    ],
)
def test_markdown_is_escaped(plain, text, escaped):
    assert plain(text) == escaped


def fill(root):
    dataset = Dataset.create(root)
    for number, label in enumerate(("two", "one")):
        for i in range(6):
            dataset.add(draw(label, 10 * number + i), label, SESSIONS[0], person=WEB)
    (root / "one").rename(root / LINK)
    (root / LINK / "broken.jpg").write_bytes(b"no photo")
    (root / LINK / f"{LINK}.jpg").write_bytes((root / "two").glob("*.jpg").__next__().read_bytes())
    photo = dataset.photos()[0]
    dataset.mark_fine([photo])
    return dataset


@pytest.mark.parametrize("page", ["home", "collect", "train", "evaluate", "live"])
def test_no_name_is_read_as_a_picture(open_page, add_model, folders, page):
    fill(folders[0] / "mine")
    if page == "home":
        (folders[0] / LINK).mkdir()
    folder = add_model("hands", classes=("two", WEB, LINK, "none"))
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps({**card, "name": WEB}))
    folder.rename(folders[1] / LINK)
    app = open_page(page)
    found = rendered(app)
    assert page in ("home", "live") or any(HOST in text for text in found), "names are shown"
    assert not [text for text in found if LIVE.search(text)]
