"""Requests and responses against the OpenAPI document."""
