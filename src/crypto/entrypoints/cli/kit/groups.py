"""A group of commands that says which one was meant when there is none of that name."""

import rich_click as click


class HelpfulGroup(click.RichGroup):
    """Refuses a mistyped command with the one that is nearest."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; for an unknown one, what may have been meant."""
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            from crypto.entrypoints.settings.load import did_you_mean

            ctx.fail(f"there is no command {name!r}; {did_you_mean(name, known)}")
        return super().resolve_command(ctx, args)
