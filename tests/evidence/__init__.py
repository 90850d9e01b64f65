"""What recordings and pages show, fact by fact, against the document, the emulator and the client."""
