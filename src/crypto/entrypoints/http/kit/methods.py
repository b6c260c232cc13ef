"""What a path may be asked with: the methods it declares, HEAD wherever there is GET, and OPTIONS."""


def methods(allowed: str) -> tuple[str, ...]:
    """The methods of an Allow header that knows nothing of HEAD, in the order of the alphabet, with HEAD."""
    named = {each.strip() for each in allowed.split(",") if each.strip()} | {"OPTIONS"}
    return tuple(sorted(named | {"HEAD"} if "GET" in named else named))
