"""Run a program under strace, and read from its log what it asked the network and what it wrote."""

import re
import shutil
import subprocess
import time
from pathlib import Path, PurePosixPath

import pytest

OPENS = ("open", "openat")
MAKES = ("creat", "truncate", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat")
MAKES += ("renameat2", "link", "linkat", "symlink", "symlinkat")
SENDS = ("connect", "sendto", "sendmsg", "sendmmsg")
CALLS = ",".join(["%network", *OPENS, *MAKES])
# A thread's line may end while another runs: strace says the call again when it goes on.
LINE = re.compile(r"^\d+ +(?:<\.\.\. )?(?P<call>\w+)(?:\((?P<rest>.*)| resumed>.*)$")
ADDRESS = re.compile(
    r'sin6?_port=htons\((?P<port>\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )"(?P<host>[^"]+)"'
)
# Services of the system that look names up for others, reached by a socket in the file system.
RESOLVER = re.compile(r'sun_path="[^"]*(?:resolve|avahi|mdns)[^"]*"')
PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<(?P<folder>[^>]*)>, )?"(?P<path>(?:[^"\\]|\\.)*)"')
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_TMPFILE")


def strace(log: Path) -> list[str]:
    """Return the words before a program that write its calls to a log; skip where they cannot."""
    program = shutil.which("strace")
    if program is None:
        pytest.skip("no strace here, which sees what libraries ask for without Python")
    # Only the calls of interest stop the program; -y names the folder that a path starts from.
    # -D: the program is our child, not strace, so that it can be ended as ever.
    words = [program, "-D", "-f", "--seccomp-bpf", "-y", "-q", "-s", "300", "-e", f"trace={CALLS}"]
    tried = subprocess.run([*words, "-o", str(log), "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"strace may not watch here: {tried.stderr.decode(errors='replace').strip()}")
    return [*words, "-o", str(log)]


def finished(log: Path) -> str:
    """Return the log of a program that has ended, once strace has written all of it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        text = log.read_text(encoding="utf-8", errors="replace")
        main = text.partition(" ")[0]
        if re.search(rf"^{main} +\+\+\+ (exited|killed)", text, re.MULTILINE):
            return text
        time.sleep(0.1)
    raise AssertionError(f"strace did not end:\n{text[-2000:]}")


def asked(log: str) -> list[str]:
    """Return the calls that looked a name up, or turned to another machine."""
    return [line for line in log.splitlines() if _asks(line)]


def _asks(line: str) -> bool:
    call = LINE.match(line)
    if call is None or call["call"] not in SENDS:
        return False
    rest = call["rest"] or ""
    if RESOLVER.search(rest) or ("nscd" in rest and '\\0hosts\\0"' in rest):
        return True
    address = ADDRESS.search(rest)
    if address is None:
        return False
    # Without a name server in its settings, the C library asks this machine's.
    here = address["host"].startswith("127.") or address["host"] in ("::1", "::ffff:127.0.0.1")
    return not here or address["port"] == "53"


def written(log: str) -> set[str]:
    """Return the paths of the files and folders that were made, moved or opened for writing."""
    return {path for line in log.splitlines() for path in _writes(line)}


def _writes(line: str) -> list[str]:
    call = LINE.match(line)
    rest = (call and call["rest"]) or ""
    if not call or call["call"] not in (*OPENS, *MAKES) or " = -1 " in rest:
        return []
    if call["call"] in OPENS and not WRITES.search(rest.rpartition('"')[2]):
        return []
    found = [_whole(path) for path in PATH.finditer(rest)]
    # A link's first path is what it says, not where it is.
    return found[1:] if call["call"].startswith("symlink") else found


def _whole(path: re.Match) -> str:
    return str(PurePosixPath(path["folder"] or "/") / path["path"])


def outside(paths: set[str], *allowed: Path) -> list[str]:
    """Return the paths that are in none of the folders, and are no device."""
    inside = [str(folder.resolve()) for folder in allowed] + ["/dev", "/proc"]
    return sorted(p for p in paths if not any(p == f or p.startswith(f + "/") for f in inside))
