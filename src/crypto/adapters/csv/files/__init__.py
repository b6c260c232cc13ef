"""Which files are read, and what is declared of each."""
