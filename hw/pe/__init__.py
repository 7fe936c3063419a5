"""Inside a processing element."""
