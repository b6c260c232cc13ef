"""From bytes to records: character sets, dialects, lines, cells, and the names of columns."""
