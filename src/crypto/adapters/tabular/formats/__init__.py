"""Exports that are recognised: for each a declaration of what a person would otherwise have to declare."""
