"""Finding ports by what the system knows, never by asking them."""

from pathlib import Path

import pytest

from hardware import detect
from hardware.errors import PortAmbiguous, PortMissing
from hardware.serial_line import UsbPort


def test_ports_are_told_with_their_lasting_names_and_hints(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The by-id name lasts over replugging; the hint does not pretend to know the board."""
    device = tmp_path / "ttyUSB0"
    device.touch()
    by_id, by_path = tmp_path / "by-id", tmp_path / "by-path"
    by_path.mkdir()
    (by_path / "pci-usb-1").symlink_to(device)
    found = [UsbPort(str(device), 0x1A86, 0x7523, "USB Serial"), UsbPort("/dev/ttyACM0", 0x2A19, 1, None)]
    monkeypatch.setattr(detect, "list_usb_ports", lambda: found)
    other, known = detect.serial_ports(by_id, by_path)
    assert (other.path, other.stable_path, other.usb_id, other.hint) == (
        "/dev/ttyACM0",
        "/dev/ttyACM0",
        "2A19:0001",
        None,
    )
    assert known.stable_path == str(by_path / "pci-usb-1")
    assert known.usb_id == "1A86:7523"
    assert known.hint is not None
    assert "LCUS" in known.hint


def test_this_machines_ports_can_be_listed() -> None:
    """Whatever is plugged in here, nothing is opened and nothing raised."""
    assert all(port.usb_id for port in detect.serial_ports())


def test_a_port_is_found_by_what_its_adapter_says_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """By vendor, product and serial number; a path stands for itself; nothing is guessed."""
    found = [
        UsbPort("/dev/ttyUSB0", 0x0403, 0x6001, None, "A1"),
        UsbPort("/dev/ttyUSB1", 0x0403, 0x6001, None, "A2"),
        UsbPort("/dev/ttyUSB2", 0x1A86, 0x7523, None, None),
    ]
    monkeypatch.setattr(detect, "list_usb_ports", lambda: found)
    assert detect.port_path("/dev/ttyACM0") == "/dev/ttyACM0"
    assert detect.port_path("usb:0403:6001:A2") == "/dev/ttyUSB1"
    assert detect.port_path("usb:1a86:7523") == "/dev/ttyUSB2"
    with pytest.raises(PortAmbiguous, match="fits several ports \\(/dev/ttyUSB0, /dev/ttyUSB1\\)"):
        detect.port_path("usb:0403:6001")
    for missing in ("usb:0403:6001:A3", "usb:04d8:ffee", "usb:nonsense"):
        with pytest.raises(PortMissing):
            detect.port_path(missing)
