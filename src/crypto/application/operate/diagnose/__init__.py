"""What `crypto doctor` asks: of the database, this machine and the sources, each with its remedy."""
