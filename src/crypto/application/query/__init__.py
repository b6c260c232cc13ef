"""Answer: the stored quotes and the coins they are of."""
