"""What Ray is told: to keep to itself, and to let nobody else in.

Ray reads much when it is imported, so each of these is a process of its own.
"""

import json
import os
import re
import socket
import subprocess
import sys
from importlib.util import find_spec

import pytest

from fingercount.paths import REPO
from tests.conftest import draw_photos
from tests.watching import asked, finished, strace

pytestmark = pytest.mark.skipif(
    find_spec("ray") is None, reason="the extra cluster is not installed"
)
# What Ray is started with, in a process where `ray.init` only says how it was called.
TOLD = """
import json, os, sys
from fingercount.cluster.run import _ray, _tell_ray
address = sys.argv[1] or None
_tell_ray(address)
import ray, ray.data

def init(address, **options):
    if sys.argv[2]:
        raise eval(sys.argv[2])
    told = {name: os.environ.get(name) for name in sorted(os.environ) if name.startswith("RAY_")}
    print(json.dumps(told | {"address": address}))

ray.init = init
with _ray(address):
    pass
"""
JOINED = """
import subprocess, sys
from fingercount.cluster.run import _ray
join = "import sys, ray; ray.init(address=sys.argv[1], log_to_driver=False)"
with _ray(None):
    import ray
    words = [sys.executable, "-c", join, ray.get_runtime_context().gcs_address]
    stranger = {n: v for n, v in __import__("os").environ.items() if not n.startswith("RAY_AUTH")}
    kept_out = subprocess.run(words, env=stranger, capture_output=True)
    let_in = subprocess.run(words, capture_output=True)
assert kept_out.returncode != 0 and b"Failed to connect" in kept_out.stderr, kept_out.stderr
assert let_in.returncode == 0, let_in.stderr
"""


def python(*words, **options):
    settings = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return subprocess.run(
        [*words],
        env={**settings, "PYTHONPATH": str(REPO)},
        check=False,
        capture_output=True,
        encoding="utf-8",
        **options,
    )


def own_address() -> str:
    """Return the address that other machines have for this one; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as looking:
        try:
            looking.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return looking.getsockname()[0]


@pytest.mark.slow
def test_it_talks_to_nobody_else(fast_hands, tmp_path):
    watch, log = strace(tmp_path / "calls"), tmp_path / "calls"
    photos = draw_photos(tmp_path, "photos", ("one", "two"), 3)
    words = ["predict-folder", "--model", "hands", "--data", photos, "--out", tmp_path / "out"]
    words = [*map(str, words), "--workers", "1"]
    done = python(*watch, sys.executable, "-m", "fingercount", *words)
    assert done.returncode == 0, done.stderr
    own = re.escape(own_address())
    # It finds its own address as `own_address` does, by a name server's, and sends it nothing.
    finding = r'connect\(.*(sin_port=htons\(53\), sin_addr=inet_addr\("8\.8\.8\.8"\)|2001:4860:)'
    known = re.compile(rf'"(::ffff:)?{own}"|{finding}')
    assert [line for line in asked(finished(log)) if not known.search(line)] == []


@pytest.mark.slow
def test_a_stranger_without_the_key_is_not_let_in():
    done = python(sys.executable, "-c", JOINED)
    assert done.returncode == 0, done.stderr


def test_each_time_it_has_another_key_and_tells_nobody_anything():
    first, second = (python(sys.executable, "-c", TOLD, "", "") for _ in range(2))
    keys = []
    for done in (first, second):
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["address"], told["RAY_AUTH_MODE"]) == ("local", "token")
        assert told["RAY_USAGE_STATS_ENABLED"] == "0"
        keys.append(told["RAY_AUTH_TOKEN"])
    assert len(set(keys)) == 2 and min(map(len, keys)) == 64


def test_a_cluster_of_somebodys_is_not_given_a_key():
    told = json.loads(python(sys.executable, "-c", TOLD, "head:6379", "").stdout)
    assert told["address"] == "head:6379" and not any("AUTH" in name for name in told)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        ("ConnectionError('refused')", "No Ray cluster answers at head:6379 (refused)"),
        ("OSError('AF_UNIX path length cannot exceed 107 bytes')", "RAY_TMPDIR=/tmp helps"),
    ],
)
def test_where_it_does_not_start_there_is_advice(error, advice):
    done = python(sys.executable, "-c", TOLD, "head:6379", error)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0 and "FingercountError" in last and advice in last
