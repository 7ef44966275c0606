"""A letter and its values → subject, text, HTML, bytes."""
