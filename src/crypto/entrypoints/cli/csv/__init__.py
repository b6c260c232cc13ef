"""`crypto csv`: look at files, and tell which settings they need."""
