"""What was prepared is kept by content, and no loss where it cannot be."""

from fingercount.pretraining import prepared
from fingercount.pretraining.prepared import Prepared, code_of, key_of


def test_what_was_put_is_there_the_next_time(tmp_path):
    store = Prepared(tmp_path / "deep" / "a.sqlite")
    assert store.get(["x"]) == {}
    store.put({"x": b"1", "y": b""})
    assert Prepared(tmp_path / "deep" / "a.sqlite").get(["x", "y", "z"]) == {"x": b"1", "y": b""}


def test_the_oldest_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr(prepared, "KEPT", 3)
    store = Prepared(tmp_path / "a.sqlite")
    for n in range(5):
        store.put({str(n): b"."})
    assert list(store.get(map(str, range(5)))) == ["2", "3", "4"]


def test_a_broken_file_is_no_loss(tmp_path):
    file = tmp_path / "a.sqlite"
    file.write_bytes(b"no database at all, but long enough to be taken for one" * 9)
    Prepared(file).put({"x": b"1"})
    assert Prepared(file).get(["x"]) == {}


def test_it_is_in_the_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERCOUNT_CACHE", str(tmp_path / "ours"))
    Prepared().put({"x": b"1"})
    assert (tmp_path / "ours" / "pretraining.sqlite").is_file()


def test_a_key_tells_its_parts_apart():
    assert key_of("ab", "c") != key_of("a", "bc") and key_of("a") == key_of(b"a")


def test_other_code_has_another_key(tmp_path):
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "below").mkdir()
    before = code_of(tmp_path)
    (tmp_path / "below" / "b.py").write_text("2")
    assert code_of(tmp_path) != before
