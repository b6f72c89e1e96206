"""The `nazorg` command: what an administrator does from the shell."""

from __future__ import annotations

import argparse
import os
import sys

from nazorg.launch import CannotLaunch

PASSED_ON = {
    "import": "read customers, products, orders, invoices, deliveries or tickets from a file",
    "token": "print an API token for a user",
    "audit": "ask whether books, shelves and coupons still add up",
    "demo": "load the demo shop and print the password of its cast",
}
"""Commands that an app brings as a Django management command of the same name; they say themselves what they take."""


def parser() -> argparse.ArgumentParser:
    """Every command with its help."""
    top = argparse.ArgumentParser(
        prog="nazorg",
        description="Run and look after this Nazorg. Without DATABASE_URL the embedded PostgreSQL is started, or the running one used.",
        epilog="Settings come from the environment: HOST, PORT, NAZORG_HOME, DATABASE_URL and others; see docs/running.md.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, what: str, more: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}. {more}".strip())

    serve = command(
        "serve", "run the web server and the worker until stopped", "This is what ./run does after installing."
    )
    serve.add_argument(
        "--demo", action="store_true", help="load the demo shop first and print the password of its cast"
    )
    serve.add_argument(
        "--host", default=os.environ.get("HOST") or "127.0.0.1", help="address to listen on (HOST; now %(default)s)"
    )
    serve.add_argument(
        "--port", type=port, default=os.environ.get("PORT") or "8000", help="port to listen on (PORT; now %(default)s)"
    )
    serve.add_argument("--processes", type=positive, default=2, metavar="N", help="web server processes (%(default)s)")

    worker = command("worker", "run one more worker until stopped", "`serve` already runs one.")
    worker.add_argument("--at-once", type=positive, default=4, metavar="N", help="jobs at a time (%(default)s)")

    command("migrate", "bring the database to this version", "`serve` does so by itself.")
    for name, what in PASSED_ON.items():
        # Everything behind the name goes to the app's command, --help too.
        commands.add_parser(name, help=what, add_help=False)

    backup = command("backup", "write the database and the uploads into one file", "Nazorg may go on running.")
    backup.add_argument("file", metavar="FILE", help="the file to write, such as nazorg.tar; never left half-written")

    restore = command(
        "restore",
        "put the database and the uploads of a backup in place",
        "All of it or nothing: everything is read beside the present state, which is replaced at the end.",
    )
    restore.add_argument("file", metavar="FILE", help="a file that `nazorg backup` wrote")
    restore.add_argument("--yes", action="store_true", help="do not ask")
    restore.add_argument("--overwrite", action="store_true", help="replace a database that is not empty")

    command(
        "doctor",
        "check this installation and say what to do about what is wrong",
        "The exit code is 1 if anything is wrong.",
    )
    return top


def port(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use a number from 1 to 65535")
    return number


def positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; give the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nazorg.config.settings")
    try:
        if arguments and arguments[0] in PASSED_ON:
            return _pass_on(arguments)
        return _run(parser().parse_args(arguments))
    except CannotLaunch as reason:
        print(f"nazorg: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _run(given: argparse.Namespace) -> int:
    # Imported here: `nazorg --help` should not wait for a database driver.
    match given.command:
        case "serve":
            from nazorg.launch.serve import serve

            return serve(host=given.host, port=given.port, processes=given.processes, demo=given.demo)
        case "worker":
            from nazorg.launch import worker

            _set_up()
            worker.run(at_once=given.at_once)
        case "migrate":
            from nazorg.launch import ready

            _set_up()
            ready.migrate()
            print("The database is up to date.")
        case "backup":
            from nazorg.command.backup import backup

            backup(given.file)
        case "restore":
            from nazorg.command.restore import restore

            return restore(given.file, yes=given.yes, overwrite=given.overwrite)
        case "doctor":
            from nazorg.command.doctor import doctor

            return doctor()
    return 0


def _pass_on(arguments: list[str]) -> int:
    """Let Django run the app's command, as if typed after `nazorg`."""
    from django.core.management import ManagementUtility

    asks_for_help = {"-h", "--help"} & set(arguments)
    _set_up(with_database=not asks_for_help)
    ManagementUtility(["nazorg", *arguments]).execute()
    return 0


def _set_up(*, with_database: bool = True) -> None:
    from nazorg.launch import ready
    from nazorg.launch.database import open_database

    ready.compile_translations()
    if with_database:
        open_database()
    import django

    django.setup()
