"""Users, tokens and credits groups of the emulated service."""
