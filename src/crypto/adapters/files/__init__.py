"""Where a table's bytes come from: a file, packed or not, an https address, standard input."""
