"""Files made up from a true table: what is stored of them must be true; the rest is refused or rejected."""
