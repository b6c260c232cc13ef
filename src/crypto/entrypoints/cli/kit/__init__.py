"""What commands share: settings, options, endings, news of runs."""
