"""Relay boards without metal: they speak their protocol to the real serial path of the host."""

from hardware.virtual_board.board import Fault, VirtualBoard
from hardware.virtual_board.contacts import Contacts, RelayChange
from hardware.virtual_board.kinds import FIRMWARE, KINDS, lcus_board, virtual_board
from hardware.virtual_board.lcus import ReadBackForm
from hardware.virtual_board.line import VirtualLine

__all__ = [
    "FIRMWARE",
    "KINDS",
    "Contacts",
    "Fault",
    "ReadBackForm",
    "RelayChange",
    "VirtualBoard",
    "VirtualLine",
    "lcus_board",
    "virtual_board",
]
