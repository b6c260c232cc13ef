"""What commands share: settings, options, endings, run events."""
