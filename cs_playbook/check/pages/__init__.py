"""The manual pages of findings that no rule of check/ makes: reading files, conditions, letters, exports."""
