"""Methods of the client, one for each operation."""
