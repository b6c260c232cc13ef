"""`python -m crypto` is the `crypto` command."""

from crypto.entrypoints.cli import main

if __name__ == "__main__":
    main()
