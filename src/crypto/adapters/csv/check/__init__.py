"""What is understood of a file before anything of it is stored."""
