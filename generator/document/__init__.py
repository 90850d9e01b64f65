"""The OpenAPI document: how it is read, and the position of each part."""
