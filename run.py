"""Start Quorate for a look round, or check it: two commands that need nothing but Python.

Standard library only, because this runs before anything is installed. The file keeps to what
Python 3.6 can read, so that an older Python gets as far as saying which one is needed.
"""

import argparse
import hashlib
import http.client
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
DATA = ROOT / "var"
REPORT = DATA / "demo-report.pdf"
USAGE = """Usage:
  python3 run.py demo [--port N]      start Quorate on this machine, with made-up people
  python3 run.py test [pytest args]   run every check and test"""

stop_signals = []  # the signals received so far: noted here, acted on where it is safe


class Halt(Exception):
    """The end of the run: a sentence for the person at the keyboard, and the exit code."""

    def __init__(self, code: int, sentence: str):
        super().__init__(sentence)
        self.code = code


def say(sentence: str) -> None:
    print(sentence, flush=True)


# --- What must be there -------------------------------------------------------------------------


def check_python(version: tuple) -> None:
    if tuple(version[:2]) < (3, 11):
        raise Halt(
            2,
            f"Quorate needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}. "
            "Start it with a newer one, for example: python3.11 run.py demo",
        )


def check_venv(find_module=importlib.util.find_spec) -> None:
    """Debian's Python has no ensurepip of its own, and fails on it half-way with a long story."""
    if not all(find_module(name) for name in ("venv", "ensurepip")):
        raise Halt(
            2,
            "This Python cannot make a virtual environment. On Debian or Ubuntu, run "
            "'sudo apt install python3-venv' and start again.",
        )


def port_number(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def check_port(port: int) -> None:
    """Before any long work: a taken port is the commonest thing to go wrong."""
    with socket.socket() as probe:
        if os.name == "posix":  # else a port that was let go a moment ago counts as taken
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Halt(
                2,
                f"Port {port} is already in use or not allowed here. Choose another one with "
                "--port, for example: python3 run.py demo --port 8765",
            ) from None


# --- Child processes ----------------------------------------------------------------------------


def note_signals() -> None:
    """Note a signal instead of raising in the middle of anything; nohup's wish is respected."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number and not (name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN):
            signal.signal(number, lambda signum, frame: stop_signals.append(signum))


def start(command: list, env: dict, log=None) -> subprocess.Popen:
    """In a session of its own: Ctrl-C reaches only us, and we end the children in good order."""
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=str(ROOT), env=env, start_new_session=True, stdout=log, stderr=log,
    )  # fmt: skip


def stop(children, ending: int = signal.SIGTERM) -> None:
    running = [child for child in children if child.poll() is None]
    for child in running:
        child.send_signal(ending)
    deadline = time.monotonic() + 10
    for child in running:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def run_step(command: list, env: dict, ending: int = signal.SIGTERM) -> int:
    """One command to its end; its exit code. A signal to us ends it as well."""
    child = start(command, env)
    while child.poll() is None and not stop_signals:
        time.sleep(0.05)
    if stop_signals:
        stop([child], ending)
        raise Halt(128 + stop_signals[0], "Stopped before it was ready.")
    return child.returncode


def must(what: str, command: list, env: dict) -> None:
    code = run_step(command, env)
    if code:
        raise Halt(1, f"{what} did not work (code {code}); what it said is above.")


def watch(children: dict, until, seconds: float = float("inf")) -> None:
    """Wait until `until()` holds. A signal, or a child that ends by itself, ends the run."""
    deadline = time.monotonic() + seconds
    while not until():
        if stop_signals:
            raise Halt(0, "Stopped.")
        for name, child in children.items():
            if child.poll() is not None:
                raise Halt(
                    1,
                    f"The {name} ended by itself (code {child.returncode}), so everything is "
                    f"stopped. What it said: {log_of(name)}",
                )
        if time.monotonic() > deadline:
            raise Halt(1, f"The web server gave no page. What it said: {log_of('web server')}")
        time.sleep(0.2)


def log_of(name: str) -> Path:
    return DATA / f"demo-{name.replace(' ', '-')}.log"


def answers(url: str) -> bool:
    """Never by way of a proxy: the address is on this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return response.status < 500
    except urllib.error.HTTPError as error:
        error.close()
        return error.code < 500
    except (OSError, http.client.HTTPException):
        return False


# --- The environment with the packages ----------------------------------------------------------


def python_in(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp_of(venv: Path, requirements: Path) -> str:
    """Differs when the list, the Python or the place differs: then the environment is made anew."""
    told = f"{venv} {sys.version_info[:2]} ".encode() + requirements.read_bytes()
    return hashlib.sha256(told).hexdigest()


def install(venv: Path, requirements: Path) -> Path:
    """The environment's Python, with exactly the pinned packages; skipped when stamped so."""
    stamp, wanted = venv / "quorate-stamp.txt", stamp_of(venv, requirements)
    python = python_in(venv)
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return python
    say(f"Installing the pinned packages into {venv.name}: half a minute or so, this once ...")
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    make = [sys.executable, "-m", "venv", "--clear", venv]
    what = ["--quiet", "--require-hashes", "-r", requirements]
    uv = shutil.which("uv")
    by_uv = [[*make, "--without-pip"], [uv, "pip", "install", "--python", python, *what]]
    if not uv or any(run_step(command, env) for command in by_uv):
        # Councils set their proxy and mirror for pip: it often gets through where uv does not.
        check_venv()
        if uv:
            say("uv could not do it; now with pip ...")
        must("Making the environment", make, env)
        must("Installing", [python, "-m", "pip", "install", "--no-input", *what], env)
    stamp.write_text(wanted)
    return python


# --- The two commands ---------------------------------------------------------------------------


def demo_environment(url: str) -> dict:
    """A trial on this machine, whatever else the shell has set; only DATABASE_URL is kept."""
    env = dict(os.environ, TRIAL="1", DATA_DIR=str(DATA), SITE_URL=url, HTTPS="0")
    env.update(ALLOWED_HOSTS="127.0.0.1,localhost", DJANGO_SETTINGS_MODULE="config.settings")
    env.update(PYTHONUNBUFFERED="1")
    env.setdefault("LOG_LEVEL", "WARNING")
    if not env.get("DATABASE_URL"):
        env.pop("DATABASE_URL", None)
    return env


def prepare_demo(manage: list, env: dict) -> None:
    say("Preparing the database ...")
    must("Preparing the database", [*manage, "migrate", "--verbosity", "0"], env)
    must("Loading the demonstration", [*manage, "load_demo"], env)
    if not REPORT.exists():
        part = REPORT.with_name("demo-report-unfinished.pdf")
        which = ["TVP", "--partnership", "BF", "--period", "2014-15", "--output", part]
        must("Printing the report", [*manage, "print_report", *which], env)
        part.replace(REPORT)
    say(f"One agency's report, as PDF: {REPORT}")
    must("Starting the clock", [*manage, "start_clock"], env)


def demo(arguments: list) -> int:
    parser = argparse.ArgumentParser(prog="run.py demo")
    parser.add_argument("--port", type=port_number, metavar="N", default=8000)
    port = parser.parse_args(arguments).port
    check_port(port)
    python = install(ROOT / ".venv", ROOT / "requirements.txt")
    (DATA / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns when it is missing
    url = f"http://127.0.0.1:{port}"
    env, manage = demo_environment(url), [python, ROOT / "manage.py"]
    prepare_demo(manage, env)
    worker = [*manage, "db_worker", "--no-reload", "--no-startup-delay", "--interval", "2"]
    server = [python, "-m", "waitress", f"--listen=127.0.0.1:{port}", "config.wsgi:application"]
    children = {}
    try:
        for name, command in (("worker", worker), ("web server", server)):
            with log_of(name).open("w") as log:
                children[name] = start(command, env, log)
        watch(children, lambda: answers(url), seconds=60)
        say(f"\nQuorate is ready at {url} (Ctrl-C stops it)")
        watch(children, lambda: False)
    finally:
        stop(children.values())
    return 0


def test(arguments: list) -> int:
    """Every check in turn; the code is that of the first that fails."""
    python = install(ROOT / ".venv-dev", ROOT / "requirements-dev.txt")
    env = dict(os.environ, DJANGO_SETTINGS_MODULE="tests.settings")
    ending = signal.SIGTERM if os.name == "nt" else signal.SIGINT  # pytest tidies up on SIGINT
    for command in (
        [python, "-m", "ruff", "check", "--quiet", "--extend-exclude", ".venv*", "."],
        [python.with_name("lint-imports"), "--no-logo"],
        [python, ROOT / "manage.py", "makemigrations", "--check", "--dry-run"],
        [python, "-m", "pytest", "--numprocesses", "auto", "--dist", "loadgroup", *arguments],
    ):
        code = run_step(command, env, ending)
        if code:
            return code if code > 0 else 128 - code
    return 0


def main(arguments: list) -> int:
    commands = {"demo": demo, "test": test}
    try:
        check_python(sys.version_info)
        if not arguments or arguments[0] not in commands:
            raise Halt(2, USAGE)
        note_signals()
        return commands[arguments[0]](arguments[1:])
    except Halt as halt:
        print(halt, file=sys.stderr if halt.code else sys.stdout, flush=True)
        return halt.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
