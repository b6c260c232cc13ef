"""The paths of version 1."""
