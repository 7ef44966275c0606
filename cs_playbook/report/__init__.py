"""Any result → text or bytes, in any format."""
