"""Built-in plugin; its components are being added."""
