"""From a cell to an amount and the money that it is in."""
