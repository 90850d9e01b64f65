"""The command `spaceknow` (extra `cli`).

To add a command: each noun is a module of `commands/`, listed in the table of `root.py`, which
loads the module when its command runs. The module defines `command`, a Command or a Group::

    command = Group("credits", help="Credits, and the areas that they buy.")

    @command.command(examples=["spaceknow credits remaining"])
    @click.pass_obj
    def remaining(app: App) -> None:
        '''Print the remaining credits.'''
        with app.client() as client:
            left = client.credits.remaining()
        app.show({"remainingCredit": left}, lambda: fields([("credits left", f"{left:g}")]))

- `app.client()` is the client configured by the options, the environment variables and the profile.
- Write results to stdout with `app.show` (one) or `app.show_all` (many; with `--ndjson` one line
  each, immediately). Pass JSON data with the API's member names (`to_dict()`), and a function of
  `tables.py` for the text form. Write nothing else to stdout.
- Write progress to stderr with `progress.py`: a bar on a terminal, otherwise one line per step.
- Read files with the option and argument types of `inputs.py`; all accept `-` (stdin).
- Catch no errors: `failures.py` turns each into text or JSON and an exit code. Raise SpaceKnowErrors
  or click.UsageError.
- `examples` are printed in `--help`; a test runs all of them against the emulator, in a folder with
  the files of tests/cli/example_files.py.
- Import heavy modules inside functions: `spaceknow --help` takes less than 200 ms.
- `--json`, `--ndjson` and the global options are added automatically.
"""
