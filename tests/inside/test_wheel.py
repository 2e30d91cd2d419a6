"""The wheel: what is built from this folder runs elsewhere, with nothing of this one in reach."""

import os
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.inside.commands import ROOT, clean_environment

SECONDS = 120  # a few are enough, where nothing else runs


def build(folder: Path) -> Path:
    """The wheel, made by the build backend that is installed; nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, env=clean_environment(), check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """An environment that holds the wheel alone; what it requires is read where it is installed."""
    venv.create(folder, with_pip=False, symlinks=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    given = ["install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([*pip, *given], env=clean_environment(), check=True, capture_output=True)
    # a folder named so is read after the environment's own, and its own .pth files are not read
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *with_packages()}
    (own / "requirements.pth").write_text("\n".join(sorted(places)) + "\n")
    return folder / "bin" / "tracker"


def with_packages() -> list[str]:
    """Where this process finds installed packages."""
    return [place for place in sys.path if place.endswith(("site-packages", "dist-packages"))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(program: Path, folder: Path) -> Iterator[str]:
    """The demonstration, and its address once it answers."""
    port = free_port()
    output = folder / "output"
    with output.open("w") as log:
        process = subprocess.Popen(
            [str(program), "demo", "--port", str(port)],
            cwd=folder,
            env=clean_environment(PYTHONUNBUFFERED="1"),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        address, end = f"http://localhost:{port}", monotonic() + SECONDS
        while not answers(f"{address}/readyz"):
            assert process.poll() is None, output.read_text()
            assert monotonic() < end, output.read_text()
            sleep(0.1)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def answers(address: str) -> bool:
    try:
        return bool(read(address))
    except URLError:
        return False


def read(address: str) -> str:
    with build_opener(ProxyHandler({})).open(address, timeout=10) as answer:
        return str(answer.read().decode())


def test_the_wheel_serves_the_demonstration_from_another_folder(folder: Path) -> None:
    program = install(build(folder / "dist"), folder / "venv")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    with running(program, elsewhere) as address:
        page = read(f"{address}/login")
        assert "Demonstration" in page
        [sheet] = [part for part in page.split('"') if part.startswith("/static/tracker.css")]
        assert "--paper" in read(f"{address}{sheet}")
        assert "combobox" in read(f"{address}/static/combobox.js")
    assert (elsewhere / "instance" / "demo" / "tracker.sqlite3").is_file()
    where = "import tracker; print(tracker.__file__, tracker.shipped('templates'))"
    python = program.with_name("python")
    said = subprocess.run(
        [str(python), "-c", where], cwd=elsewhere, capture_output=True, text=True, check=True
    ).stdout.split()
    assert all(str(folder / "venv") in path for path in said), said
    made = {path.name for path in elsewhere.rglob("*")}
    assert str(ROOT) not in (elsewhere / "output").read_text()
    assert "tracker" not in made - {"instance"}
