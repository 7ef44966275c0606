"""Nodes → model; the file names are those of `model/`."""
