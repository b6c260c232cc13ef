"""Files that an operating system puts beside one's own: nobody's data."""

NAMES = frozenset({".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "__macosx"})
"""In lower case: of the macOS Finder and of Windows Explorer."""

OPENED = "~$"
"""How the name begins of what an office program puts beside a file that is open in it."""

HERE = (".", "..")


def is_system_name(name: str) -> bool:
    """Whether a file or folder of this name is the system's own."""
    return name.lower() in NAMES or name.startswith(OPENED)


def is_system_member(name: str) -> bool:
    """Whether a member, or a folder above it in its archive, is the system's own or hidden."""
    return any(map(_is_hidden, name.split("/")))


def _is_hidden(part: str) -> bool:
    return is_system_name(part) or (part.startswith(".") and part not in HERE)
