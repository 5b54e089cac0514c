"""Relay boards without metal: they speak their protocol over a pseudo-terminal; the real serial path runs."""

from hardware.virtual_board.board import Fault, RelayChange, VirtualBoard
from hardware.virtual_board.lcus import ReadBackForm

__all__ = ["Fault", "ReadBackForm", "RelayChange", "VirtualBoard"]
