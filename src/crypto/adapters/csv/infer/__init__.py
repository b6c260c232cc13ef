"""What the first rows of a file settle that nobody declared."""
