"""The first page: on air now, what needs somebody, today's line, what was heard. The topmost room."""
