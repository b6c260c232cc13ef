"""The tables, and how older ones become the present ones."""
