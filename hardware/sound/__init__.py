"""Sound, in a worker process of its own: libVLC decodes, the line mixes, a way out is fed or a WAV is kept.

`client` is the agent's side, `__main__` the worker. Importing this package loads neither VLC nor a sound
library.
"""
