"""The methods of the client, with one resource for each API."""
