"""What `crypto export` does: into a file that is whole or not there, with a bar on a terminal."""
