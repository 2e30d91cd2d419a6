"""The command line. Exit 0: done; 1: failed, with one plain line on stderr; 2: wrong usage."""

import os
import re
import sys

import click
from flask.cli import AppGroup, ScriptInfo
from sqlalchemy.exc import DBAPIError

from tracker import config_module, create_app
from tracker.cli import backups, data, erasing, jobs, people, run, search, tokens
from tracker.core.errors import TrackerError


@click.group(cls=AppGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def cli(context: click.Context) -> None:
    """Sanctions and Entity List Advocacy Tracker."""
    context.obj = ScriptInfo(create_app=create_app, set_debug_flag=False)


for module in (run, people, tokens, jobs, data, backups, search, erasing):
    for command in module.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run a command; whatever goes wrong is one line."""
    os.umask(0o077)
    if any("\udc80" <= letter <= "\udcff" for text in sys.argv for letter in text):
        _fail("an argument holds bytes that are no text", 2)
    try:
        code = cli.main(prog_name="tracker", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as problem:
        problem.show()
        sys.exit(2)
    except click.UsageError as problem:
        see = f" (see: {problem.ctx.command_path} --help)" if problem.ctx else ""
        _fail(f"{problem.format_message()}{see}", 2)
    except (click.Abort, KeyboardInterrupt):
        _fail("stopped", 1)
    except (TrackerError, config_module().BadSetting, click.ClickException) as problem:
        _fail(str(problem), 1)
    except DBAPIError as problem:
        _fail(f"the database says: {_first_line(problem)}", 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else "the output cannot be written: "
        _fail(f"{where}{problem.strerror or problem}", 1)
    sys.exit(code if isinstance(code, int) else 0)


def _first_line(problem: Exception) -> str:
    said = str(getattr(problem, "orig", problem)).strip().partition("\n")[0]
    if re.search(r"no such (table|column)|(relation|column) .* does not exist", said):
        return said + (
            " (is the schema there? see: tracker db upgrade; TRACKER_INSTANCE says which instance)"
        )
    if re.search(r"malformed|not a database", said):
        return said + " (move that file aside, then: tracker restore BACKUP)"
    return said


def _fail(message: str, code: int) -> None:
    """Say in one line what went wrong, and leave."""
    click.echo(f"tracker: {' '.join(message.split())}", err=True)
    sys.exit(code)
