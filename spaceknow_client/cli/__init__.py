"""The command `spaceknow` (extra `cli`).

For who writes a command: a noun is a module of `commands/`, named in the table of `root.py`, which
loads it when its command runs. The module has `command`, a Command or a Group of them::

    command = Group("credits", help="Credits, and the areas that they buy.")

    @command.command(examples=["spaceknow credits remaining"])
    @click.pass_obj
    def remaining(app: App) -> None:
        '''Tell how many credits are left.'''
        with app.client() as client:
            left = client.credits.remaining()
        app.show({"remainingCredit": left}, lambda: fields([("credits left", f"{left:g}")]))

- `app.client()` is the client that the options, the environment and the profile ask for.
- Results go to stdout, by `app.show` (one) or `app.show_all` (many, a line each with `--ndjson`, as
  they come). What is shown is JSON data with the API's member names (`to_dict()`); the second
  argument is what people read instead, from `tables.py`. Nothing else writes to stdout.
- Progress goes to stderr, by `progress.py`: a bar on a terminal, else a line for each step.
- What is read from a file is an option or argument of a type of `inputs.py`; all take `-` (stdin).
- Nothing is caught: `failures.py` turns each error into words, or into JSON, and an exit code. Raise
  SpaceKnowErrors, or click.UsageError.
- `examples` stand in `--help`, and a test runs them all against the emulator, in a folder with the
  files of tests/cli/example_files.py.
- Import what is heavy inside of functions: `spaceknow --help` takes less than 200 ms.
- `--json`, `--ndjson` and the global options are there by themselves.
"""
