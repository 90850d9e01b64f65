"""The pages of the site that are generated from the document, the code and the README.

MkDocs calls `hook.py` when it builds the site (`make docs`). A new operation, member or error code is
on its pages after `make generate`, and no file is edited for it.
"""
