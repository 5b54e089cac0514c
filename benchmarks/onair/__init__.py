"""Who is on the air in time: this station beside liquidsoap, mpd and cron with cvlc, on one sound server."""
