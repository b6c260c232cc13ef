"""Where a table's bytes come from: a file, a gzip or zip, an https address, standard input."""
