"""Connections of the default client: opening, HTTP/1.1, proxies, TLS, and keeping idle ones."""
