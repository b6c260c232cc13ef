"""From cells to a moment: dates, clocks, zones, candles."""
