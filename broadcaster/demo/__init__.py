"""The demonstration: the whole product on one machine, on real parts, in about a minute.

It starts a province server, a virtual relay board and a station agent for each village as processes of
their own, and lets one announcement go the whole way. Nothing here is imitated except the metal of the
board and the village's voice, which is sample speech.
"""
