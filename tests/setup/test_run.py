"""run.py: says what is wrong in one sentence, and does no work twice."""

import ast
import socket
from contextlib import contextmanager
from pathlib import Path

import pytest

import run


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
    with taken_port() as port:
        pass  # and let it go
    run.check_port(port)


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
