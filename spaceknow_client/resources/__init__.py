"""The methods of the client, a resource for each API."""
