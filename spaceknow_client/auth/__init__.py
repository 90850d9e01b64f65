"""Who the user is: credentials, login, tokens, permissions."""
