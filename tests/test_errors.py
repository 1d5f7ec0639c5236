"""An error knows where it is shown."""

import ast

from fingercount.cli.main import main
from fingercount.errors import FingercountError
from fingercount.paths import REPO

# Modules whose errors are met in a terminal alone.
TERMINAL = ("cli", "pretraining", "checks", "export", "synthetic", "web")
ALSO = ("camera.py", "broadcast.py", "import_checkpoint.py")


def test_what_to_type_is_said_in_a_terminal_alone():
    error = FingercountError("It is taken; choose another name.", terminal="To replace it: --it.")
    assert str(error) == "It is taken; choose another name."
    assert error.in_terminal() == "It is taken; choose another name. To replace it: --it."
    assert FingercountError("Alone.").in_terminal() == "Alone."


def test_the_command_line_says_what_to_type(hands, make_photos, capsys):
    photos = str(make_photos(labels=("one", "two")))
    assert main(["evaluate", "--model", "nobody", "--data", photos]) == 2
    assert "Or with `python -m fingercount train`." in capsys.readouterr().err


def messages(tree: ast.AST):
    """Yield (line, text) of what errors say on pages too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error"):
            for part in node.args:
                for leaf in ast.walk(part):
                    if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                        yield node.lineno, leaf.value


def test_no_error_that_a_page_shows_names_a_flag():
    found = []
    for file in sorted((REPO / "fingercount").rglob("*.py")):
        parts = file.relative_to(REPO / "fingercount").parts
        if parts[0] in TERMINAL or file.name in ALSO:
            continue
        for line, text in messages(ast.parse(file.read_text(encoding="utf-8"))):
            if " --" in f" {text}" or "(--" in text:
                found.append(f"{file.relative_to(REPO)}:{line}: {text}")
    assert not found, "\n".join(found)
