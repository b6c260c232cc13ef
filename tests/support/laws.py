"""How many examples a law is tried with: few in `make test`, all of them in `make test-all`."""

from hypothesis import HealthCheck, settings

FEW, ALL = 25, 100
"""Examples of a law that says nothing about it."""


def register() -> None:
    """The profiles: `few`, unless `--hypothesis-profile all` is asked for.

    Machines are shared and noisy: how long an example takes says nothing.
    """
    shared = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("few", shared, max_examples=FEW)
    settings.register_profile("all", shared, max_examples=ALL)
    settings.load_profile("few")


def examples(number: int) -> int:
    """Of so many examples in `make test-all` those of this run."""
    return -(-number * settings().max_examples // ALL)
