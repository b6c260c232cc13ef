"""What a run writes: the page transaction, the lock and the fence around it."""
