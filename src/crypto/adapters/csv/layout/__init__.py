"""Which column says what, as it is declared or named."""
