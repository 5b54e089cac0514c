"""The room of campaigns: a goal for these places between these dates, and who was reached."""
