"""Where a file's bytes come from: paths, patterns, archives, addresses, standard input."""
