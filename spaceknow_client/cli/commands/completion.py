"""`spaceknow completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ..app import App
from ..command import Command


@click.command(
    cls=Command,
    examples=['eval "$(spaceknow completion bash)"', "spaceknow completion fish"],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print a shell completion script.

    For bash and zsh, add the first example (with the name of your shell) to ~/.bashrc or ~/.zshrc;
    for fish, write the output to ~/.config/fish/completions/spaceknow.fish.
    """
    from ..root import VARIABLE, root

    kind = get_completion_class(shell)
    if kind is None:  # click knows all three
        raise click.UsageError(f"Unknown shell {shell!r}.")
    source = kind(root, {}, "spaceknow", VARIABLE).source()
    context.ensure_object(App).show({"shell": shell, "source": source}, source.splitlines)
