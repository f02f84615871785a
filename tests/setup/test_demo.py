"""run.py demo: starts in order, says what it did, and leaves nothing running.

It runs as a child process on a copy of run.py with small stand-ins for Django and waitress, so that
starting and stopping are tested as they are used, in under a second each.
"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import run

MANAGE = """
import os, sys, time
from pathlib import Path
command = sys.argv[1]
Path(os.environ["DATA_DIR"], command + ".pid").write_text(str(os.getpid()))
if command == os.environ.get("FAILS"):
    sys.exit(7)
if command == "print_report":
    Path(sys.argv[-1]).write_bytes(b"%PDF-1.7")
if command in ("db_worker", os.environ.get("SLOW")):
    print("working on", command, flush=True)
    time.sleep(60)
"""
WAITRESS = """
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
Path(os.environ["DATA_DIR"], "server.pid").write_text(str(os.getpid()))
class Hello(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
host, port = sys.argv[1].removeprefix("--listen=").split(":")
HTTPServer((host, int(port)), Hello).serve_forever()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_demo_ignores_what_the_shell_has_for_production(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "quorate.example.gov.uk")
    monkeypatch.setenv("HTTPS", "1")
    monkeypatch.setenv("DATABASE_URL", "")
    env = run.demo_environment("http://127.0.0.1:8123")
    assert env["TRIAL"] == "1"
    assert "127.0.0.1" in env["ALLOWED_HOSTS"]
    assert env["HTTPS"] == "0"
    assert "DATABASE_URL" not in env


def test_the_demo_keeps_a_database_that_was_named(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/trial")
    assert run.demo_environment("http://127.0.0.1:8123")["DATABASE_URL"].endswith("/trial")


@pytest.fixture
def tree(tmp_path):
    """A copy of run.py that finds its environment made, with stand-ins for what it starts."""
    if os.name != "posix":
        pytest.skip("the stand-in for the environment's Python is a shell script")
    (tmp_path / "run.py").write_bytes(Path(run.__file__).read_bytes())
    (tmp_path / "manage.py").write_text(MANAGE)
    (tmp_path / "waitress.py").write_text(WAITRESS)
    (tmp_path / "requirements.txt").write_text("")
    python = run.python_in(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    stamp = run.stamp_of(tmp_path / ".venv", tmp_path / "requirements.txt")
    (tmp_path / ".venv" / "quorate-stamp.txt").write_text(stamp)
    return tmp_path


class Demo:
    """`run.py demo` as a child, read until it says what the test waits for."""

    def __init__(self, tree, until, **env):
        self.data = tree / "var"
        self.process = subprocess.Popen(
            [sys.executable, "run.py", "demo", "--port", str(free_port())],
            cwd=tree,
            env={"PATH": os.environ["PATH"], **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if until in line:
                break

    def end(self, *signals) -> int:
        for number in signals:
            self.process.send_signal(number)
        try:
            self.said += self.process.communicate(timeout=8)[0]  # less than the patience of stop()
        finally:
            self.process.kill()
        assert "Traceback" not in self.said
        return self.process.returncode

    def pid(self, name) -> int:
        return int((self.data / f"{name}.pid").read_text())

    def left_running(self) -> list[str]:
        return [path.stem for path in self.data.glob("*.pid") if alive(int(path.read_text()))]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("signals", [["SIGTERM"], ["SIGINT"], ["SIGHUP"], ["SIGINT", "SIGINT"]])
def test_a_signal_stops_everything(tree, signals):
    if signals == ["SIGHUP"] and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        pytest.skip("under nohup the wish to outlive the terminal is respected")
    demo = Demo(tree, until="Quorate is ready")
    assert set(demo.left_running()) == {"db_worker", "server"}
    assert demo.end(*[getattr(signal, name) for name in signals]) == 0
    assert demo.left_running() == []
    assert demo.said.rstrip().endswith("Stopped.")


def test_the_report_is_printed_once_and_again_when_missing(tree):
    printed, report = tree / "var" / "print_report.pid", tree / "var" / "demo-report.pdf"
    for missing in (True, False, True):
        if missing:
            report.unlink(missing_ok=True)
        printed.unlink(missing_ok=True)
        demo = Demo(tree, until="Quorate is ready")
        demo.end(signal.SIGTERM)
        assert printed.exists() is missing
        assert str(report) in demo.said
        assert report.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("victim", "name", "other"),
    [("db_worker", "worker", "server"), ("server", "web server", "db_worker")],
)
def test_when_one_child_ends_the_other_is_stopped(tree, victim, name, other):
    demo = Demo(tree, until="Quorate is ready")
    os.kill(demo.pid(victim), signal.SIGKILL)
    assert demo.end() == 1
    assert f"The {name} ended by itself" in demo.said
    assert not alive(demo.pid(other))


def test_a_signal_while_preparing_stops_that_too(tree):
    demo = Demo(tree, until="working on migrate", SLOW="migrate")
    assert demo.end(signal.SIGTERM) == 128 + signal.SIGTERM
    assert demo.left_running() == []
    assert "Stopped before it was ready." in demo.said


def test_a_step_that_fails_ends_the_run_and_is_named(tree):
    demo = Demo(tree, until="did not work", FAILS="load_demo")
    assert demo.end() == 1
    assert "Loading the demonstration did not work (code 7)" in demo.said
    assert not (tree / "var" / "server.pid").exists()
