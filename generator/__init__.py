"""Compiles the OpenAPI document of `openapi/` into the generated parts of `spaceknow_client`.

`python -m generator` writes them, `python -m generator --check` only compares.
"""
