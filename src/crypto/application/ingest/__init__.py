"""Write: fetch a source's pages, store each whole or not at all, and read stored ones again."""
