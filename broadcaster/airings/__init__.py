"""The room of as-run: what each station says it aired, against what it was to air."""
