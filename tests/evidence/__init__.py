"""Recordings and published pages, fact by fact, compared with the document, the emulator and the client."""
