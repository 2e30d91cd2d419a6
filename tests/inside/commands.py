"""The command line, run in this process or in one of its own."""

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import tracker.cli
import tracker.cli.run
from tracker import create_app
from tracker.core.db import db

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON that it printed."""
        assert self.code == 0, self.err
        return json.loads(self.out)


def failed(ran: Ran, code: int = 1) -> str:
    """The line that a command which fails prints: one, plain, and nothing else."""
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert ran.err.startswith("tracker: ")
    return ran.err.strip()


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without any setting of ours, and with those given."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TRACKER_") and k != "PORT"}
    return {**kept, **more}


@dataclass
class CommandLine:
    """The command `tracker`, run in this process over an instance folder."""

    instance: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> Ran:
        given = {"TRACKER_INSTANCE": str(self.instance), **self.settings, **settings}
        with _process(clean_environment(**given), ["tracker", *arguments], stdin):
            out, err = StringIO(), StringIO()
            with redirect_stdout(out), redirect_stderr(err), _disposing():
                code = _main()
        return Ran(code, out.getvalue(), err.getvalue())

    def ok(self, *arguments: str, stdin: str = "", **settings: str) -> str:
        """What a command that succeeds prints."""
        ran = self(*arguments, stdin=stdin, **settings)
        assert ran.code == 0, ran.err
        return ran.out


def _main() -> int:
    """The exit code; an exception that gets out is printed as Python would."""
    try:
        tracker.cli.main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    raise AssertionError("the command did not exit")


@contextmanager
def _process(environ: dict[str, str], argv: list[str], stdin: str) -> Iterator[None]:
    umask = os.umask(0o022)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name not in environ:
                patch.delenv(name)
        for name, value in environ.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", argv)
        patch.setattr(sys, "stdin", StringIO(stdin))
        try:
            yield
        finally:
            os.umask(umask)


@contextmanager
def _disposing() -> Iterator[None]:
    """Closes the connections of the applications that a command makes."""
    made: list[Flask] = []

    def create(*given: Any) -> Flask:
        made.append(create_app(*given))
        return made[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracker.cli, "create_app", create)
        patch.setattr(tracker.cli.run, "create_app", create)
        try:
            yield
        finally:
            for app in made:
                with app.app_context():
                    db.session.rollback()
                    db.engine.dispose()


def in_its_own_process(*arguments: str, stdin: str = "", **settings: str) -> Ran:
    """The command as people run it."""
    ran = subprocess.run(
        [sys.executable, "-m", "tracker", *arguments],
        env=clean_environment(PYTHONPATH=str(ROOT), **settings),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)
