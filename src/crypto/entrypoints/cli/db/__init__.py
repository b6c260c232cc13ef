"""`crypto db`: the embedded server, dumps and restores."""
