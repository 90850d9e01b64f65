"""Connections of the default client: how they are made, what goes over them, and which are kept."""
