"""Files as a source: from the bytes of any file to quotes, or to what a person must declare first."""
