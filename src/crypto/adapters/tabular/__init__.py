"""Tables in text files: delimiters, column names, times, numbers, and reading them in chunks."""
