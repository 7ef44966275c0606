"""What the files mean: frozen values, every leaf with its place."""
