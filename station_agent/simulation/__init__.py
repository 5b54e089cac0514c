"""A village in virtual time: days of playout, journal and relays with everything going wrong."""
