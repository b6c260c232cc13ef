"""What is asked of the stored quotes."""
