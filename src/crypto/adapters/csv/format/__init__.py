"""Exports that are recognised by their header and their first rows."""
