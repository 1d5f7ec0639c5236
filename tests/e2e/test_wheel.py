"""The wheel, installed where there is no checkout: what a person who installs it gets."""

import json
import os
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from playwright.sync_api import expect

import fingercount
from fingercount.paths import REPO
from tests.conftest import HANDS, SESSIONS, files_below
from tests.e2e.conftest import App
from tests.e2e.walk import PATIENCE

pytestmark = [
    pytest.mark.xdist_group("wheel"),  # one process builds and installs it
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="no variable moves the user's folders there"),
]


class Person:
    """Someone with the wheel in a virtual environment, and with nothing else yet.

    Attributes:
        programs: the environment's bin/.
        package: the installed fingercount/.
        empty: the folder they are in.
        environment: their variables.
    """

    def __init__(self, folder: Path):
        self.programs, self.empty = folder / "venv" / "bin", folder / "empty"
        self.empty.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "FINGERCOUNT"))}
        home = {f"XDG_{what}_HOME": str(folder / what) for what in ("DATA", "CACHE", "CONFIG")}
        self.environment = {**kept, **home, "HOME": str(folder / "home")}
        venv.create(folder / "venv")
        pip("wheel", REPO, "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
        (wheel,) = folder.glob("*.whl")
        pip("--python", self.programs / "python", "install", "--no-deps", wheel)
        self.package = Path(self.run("python", "-c", "import fingercount as f; print(f.__file__)"))
        self.package = self.package.parent
        # What it needs is what is installed here. Python does not follow .pth files in a folder
        # that a .pth file names, so that the checkout, which is installed by one, stays out.
        here = "\n".join(site.getsitepackages())
        (self.package.parent / "dependencies.pth").write_text(here, encoding="utf-8")

    def run(self, program: str, *arguments) -> str:
        """Run a program of the environment; return what it wrote to standard output."""
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)],
            cwd=self.empty,
            env=self.environment,
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def fingercount(self, *arguments):
        """Run a command of fingercount; return its result."""
        return json.loads(self.run("fingercount", *arguments, "--json", "-"))


def pip(*arguments) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*command, *map(str, arguments)], check=True)


@pytest.fixture(scope="module")
def person(tmp_path_factory) -> Person:
    return Person(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def app(person, tmp_path_factory):
    """The app as that person starts it, for `open_browser` and the test below."""
    folder = tmp_path_factory.mktemp("app")
    command = [person.programs / "fingercount", "app", "--no-token", "--"]
    running = App(folder, command, person.empty, person.environment)
    yield running
    running.stop()


def test_it_is_the_wheel_that_is_tried(person):
    program = "from importlib.metadata import version; import numpy; print(version('fingercount'))"
    assert person.run("python", "-c", program) == fingercount.__version__
    assert "venv" in person.package.parts and REPO not in person.package.parents


def test_it_says_where_things_lie(person):
    folders = person.fingercount("where")
    assert Path(folders["shipped_models"]).parents[1] == person.package
    for name in ("data", "models"):
        assert Path(person.environment["XDG_DATA_HOME"]) in Path(folders[name]).parents or (
            Path(person.environment["HOME"]) in Path(folders[name]).parents
        )
        assert not Path(folders[name]).exists(), "looking makes none"


def test_photos_are_learned_and_told_apart(person, make_photos):
    before = files_below(person.package / "shipped")
    photos = make_photos(labels=("one", "two"), n=8, sessions=SESSIONS)
    picture = next((photos / "two").glob("*.jpg"))
    (answer,) = person.fingercount("predict", "--model", "hands", picture)
    assert list(answer["probabilities"]) == list(HANDS)
    assert sum(answer["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    card = person.fingercount("train", "--data", photos, "--name", "mine", "--copies", "0")
    assert card["classes"] == ["one", "two"]
    assert (Path(person.fingercount("where")["models"]) / "mine" / "card.json").is_file()
    report = person.fingercount("evaluate", "--model", "hands", "--data", "sample")
    assert set(report["classes"]) == set(HANDS) and report["n"] > 0
    assert not list(person.empty.iterdir())
    assert files_below(person.package / "shipped") == before


@pytest.mark.e2e
def test_the_app_shows_what_ships_and_where_ones_own_will_be(person, app, open_browser):
    page = open_browser(None).new_page()
    page.goto(app.url)
    own = person.fingercount("where")
    for folder in (own["data"], own["models"]):
        expect(page.get_by_text(folder, exact=True)).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Try it live")).to_be_visible(timeout=PATIENCE)
    # The settings beside the pages hold though it was started elsewhere: Streamlit's own is 44px.
    title = page.get_by_role("heading", name="fingercount", level=1)
    assert title.evaluate("heading => getComputedStyle(heading).fontSize") == "32px"
