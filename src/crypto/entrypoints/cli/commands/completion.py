"""`crypto completion`: let the shell complete commands, options and the names of sources."""

import rich_click as click


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete `crypto ing<TAB>`, options and the names of sources.

    Put its line into the file that your shell reads when it starts.

    \b
      eval "$(crypto completion bash)"        in ~/.bashrc
      eval "$(crypto completion zsh)"         in ~/.zshrc, after compinit
      crypto completion fish | source         in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    from crypto.entrypoints.cli.screen.show import show_lines

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows each of the choices
    root = ctx.find_root()
    show_lines([kind(root.command, {}, "crypto", "_CRYPTO_COMPLETE").source()])
