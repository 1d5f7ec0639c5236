"""Two programs on one data set, such as the app and a command: one waits for the other.

On one machine, with a disk of its own; folders on a network were not tried.
"""

import collections
import subprocess
import sys

from fingercount.data.dataset import Dataset
from fingercount.imaging.read import content_hash
from fingercount.paths import REPO
from tests.conftest import SESSIONS

ROUNDS = 15
PROGRAM = """
import random, sys
from fingercount.data.dataset import Dataset
from fingercount.data.importing.importer import import_photos
from fingercount.errors import FingercountError
from tests.conftest import draw

root, source, number, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
dataset, chance = Dataset.create(root), random.Random(number)
print("ready", flush=True)
sys.stdin.readline()
try:
    print(import_photos(source, root).added, flush=True)
except FingercountError as error:
    print(0 if "in the data set already" in str(error) else error, flush=True)
sys.stdin.readline()
for n in range(rounds):
    dataset.add(draw("one", 1000 * number + n), "one", f"20260101-10101{number}")
    photos = dataset.photos()
    photo = photos[chance.randrange(len(photos))].path
    try:
        if n % 3 == 0:
            dataset.relabel([photo], chance.choice(["two", "three", "four"]))
        elif n % 3 == 1:
            dataset.delete([photo])
        else:
            dataset.undo(dataset.delete([photo]).id)
    except FingercountError:
        pass  # the other one has moved it meanwhile, or it has this label
"""


def told(programs) -> list[str]:
    return [program.stdout.readline().strip() for program in programs]


def go_on(programs) -> None:
    """Let both go on at once."""
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()


def test_no_photo_is_lost_or_doubled_and_no_change_is_left_half_done(make_photos, tmp_path):
    source, root = make_photos("source", n=4, sessions=SESSIONS), tmp_path / "both"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(root), str(source), str(n), str(ROUNDS)],
            cwd=REPO,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in (1, 2)
    ]
    n_source = len(list(source.rglob("*.jpg")))
    assert told(programs) == ["ready", "ready"]
    go_on(programs)
    assert sum(map(int, told(programs))) == n_source, "what both import comes in once"
    go_on(programs)
    for program in programs:
        program.communicate(timeout=300)
    assert [program.returncode for program in programs] == [0, 0]

    dataset = Dataset(root)
    kept = [path for path in root.rglob("*.jpg") if "cache" not in path.parts]
    contents = collections.Counter(content_hash(path.read_bytes()) for path in kept)
    assert len(kept) == len(contents) == n_source + 2 * ROUNDS
    assert dataset.unfinished() == (0, 0)
    edits = dataset.edits()
    assert len({edit.id for edit in edits}) == len(edits) > ROUNDS
    names = {session for session in dataset.sessions() if session.startswith("20260101-10101")}
    assert names >= {"20260101-101011", "20260101-101012"}, "neither forgot what the other wrote"
