"""The OpenAPI document: reading it, and where each part stands."""
