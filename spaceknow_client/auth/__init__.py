"""Authentication: credentials, login, tokens, permissions."""
