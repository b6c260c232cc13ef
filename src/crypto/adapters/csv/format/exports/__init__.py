"""What each known kind of export looks like."""
