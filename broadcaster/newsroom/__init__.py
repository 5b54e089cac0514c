"""The newsroom: announcements, their recordings in every language, jingles, and who approved what."""
