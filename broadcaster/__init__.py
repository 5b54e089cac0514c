"""The province server: content, schedules, stations and who was reached."""
