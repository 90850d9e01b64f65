"""What the emulated service stores."""
