"""Tables and texts on a screen of any width."""
