"""What we read, and where it stands: files, nodes with their places, snapshots, exports."""
