"""run.py: says what is wrong in one sentence, does no work twice, leaves nothing running.

The demo is run as a child process on a copy of run.py with small stand-ins for Django and waitress,
so that starting and stopping are tested as they are used, in under a second each.
"""

import ast
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
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


@contextmanager
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


# --- What must be there -------------------------------------------------------------------------


def test_an_older_python_can_read_the_file():
    ast.parse(Path(run.__file__).read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 8, 18), (3, 10, 13)])
def test_an_older_python_is_refused(version):
    with pytest.raises(run.Halt, match=rf"needs Python 3\.11 .* Python 3\.{version[1]}\.") as halt:
        run.check_python(version)
    assert halt.value.code == 2


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1)])
def test_a_new_enough_python_goes_on(version):
    run.check_python(version)


def test_without_the_venv_module_it_names_the_package_to_install():
    with pytest.raises(run.Halt, match="apt install python3-venv") as halt:
        run.check_venv(lambda name: None if name == "ensurepip" else object())
    assert halt.value.code == 2


def test_with_the_venv_module_it_goes_on():
    run.check_venv(lambda name: object())


@pytest.mark.parametrize("arguments", [[], ["serve"], ["--port", "1"]])
def test_anything_else_is_answered_with_the_usage(arguments, capsys):
    assert run.main(arguments) == 2
    said = capsys.readouterr().err
    assert "run.py demo" in said
    assert "run.py test" in said


def test_a_taken_port_is_refused_before_any_work(capsys, monkeypatch):
    monkeypatch.setattr(run, "install", lambda *args: pytest.fail("it began to install"))
    monkeypatch.setattr(run, "note_signals", lambda: None)
    with taken_port() as port:
        assert run.main(["demo", "--port", str(port)]) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith(f"Port {port} is already in use")
    assert "--port" in said
    assert "\n" not in said


def test_a_free_port_is_accepted():
    run.check_port(free_port())


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "80.5"])
def test_a_port_that_is_none_is_refused(port, capsys):
    with pytest.raises(SystemExit) as ended:
        run.demo([f"--port={port}"])
    assert ended.value.code == 2
    assert "a number from 1 to 65535" in capsys.readouterr().err


# --- The environment with the packages ----------------------------------------------------------


@pytest.fixture
def steps(monkeypatch):
    """The commands that would have been run; `fails` names words of those that fail."""
    done = []

    def pretend(command, env, ending=None):
        words = [str(word) for word in command]
        done.append(words)
        if "venv" in words:
            python = run.python_in(next(word for word in command if isinstance(word, Path)))
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        return next((code for word, code in pretend.fails.items() if word in words), 0)

    pretend.fails = {}
    pretend.done = done
    monkeypatch.setattr(run, "run_step", pretend)
    monkeypatch.setattr(run, "check_venv", lambda: None)
    monkeypatch.setattr(run.shutil, "which", lambda name: None)
    return pretend


@pytest.fixture
def requirements(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("django==5.2\n")
    return path


def test_the_same_list_is_installed_once(steps, tmp_path, requirements):
    run.install(tmp_path / ".venv", requirements)
    assert "--require-hashes" in steps.done[-1]
    first = len(steps.done)
    run.install(tmp_path / ".venv", requirements)
    assert len(steps.done) == first


def test_a_changed_list_is_installed_again(steps, tmp_path, requirements):
    run.install(tmp_path / ".venv", requirements)
    first = len(steps.done)
    requirements.write_text("django==5.2.1\n")
    run.install(tmp_path / ".venv", requirements)
    assert len(steps.done) == 2 * first


def test_an_interrupted_install_is_begun_anew(steps, tmp_path, requirements):
    steps.fails = {"install": 1}
    with pytest.raises(run.Halt, match="Installing did not work"):
        run.install(tmp_path / ".venv", requirements)
    steps.fails = {}
    before = len(steps.done)
    run.install(tmp_path / ".venv", requirements)
    assert "--clear" in steps.done[before]


def test_uv_is_used_when_there(steps, tmp_path, requirements, monkeypatch):
    monkeypatch.setattr(run.shutil, "which", lambda name: "uv")
    run.install(tmp_path / ".venv", requirements)
    assert steps.done[-1][0] == "uv"


def test_pip_does_it_where_uv_cannot(steps, tmp_path, requirements, monkeypatch):
    monkeypatch.setattr(run.shutil, "which", lambda name: "uv")
    steps.fails = {"uv": 2}
    run.install(tmp_path / ".venv", requirements)
    assert steps.done[-1][1:4] == ["-m", "pip", "install"]


# --- The demo -----------------------------------------------------------------------------------


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


# --- The checks ---------------------------------------------------------------------------------


def test_the_checks_run_in_order_and_pass_pytest_its_words(steps, monkeypatch):
    monkeypatch.setattr(run, "install", lambda venv, requirements: venv / "bin" / "python")
    assert run.test(["-k", "quorum"]) == 0
    assert [" ".join(words[1:3]) for words in steps.done] == [
        "-m ruff",
        "--no-logo",
        f"{run.ROOT / 'manage.py'} makemigrations",
        "-m pytest",
    ]
    assert steps.done[-1][-2:] == ["-k", "quorum"]


@pytest.mark.parametrize(("word", "code"), [("ruff", 1), ("makemigrations", 3), ("pytest", 5)])
def test_the_first_failure_gives_the_exit_code(steps, monkeypatch, word, code):
    monkeypatch.setattr(run, "install", lambda venv, requirements: venv / "bin" / "python")
    steps.fails = {word: code}
    assert run.test([]) == code
    assert word in steps.done[-1]
