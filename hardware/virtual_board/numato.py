"""The Numato module's own side of its protocol: a line editor that echoes, and a prompt."""

from hardware.virtual_board.contacts import Contacts

PROMPT = b"\n\r>"


class NumatoFirmware:
    """Relay names are one digit, or from ten on one capital letter."""

    def __init__(self) -> None:
        self._typed = bytearray()

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """Echo what is typed; obey at each carriage return."""
        answer = b""
        for byte in data:
            answer += bytes([byte])
            if byte != 0x0D:
                self._typed.append(byte)
                continue
            said = self._obey(self._typed.decode("ascii", "replace").strip().split(), relays)
            self._typed.clear()
            answer += (b"\n\r" + said.encode() if said else b"") + PROMPT
        return answer

    def _obey(self, words: list[str], relays: Contacts) -> str:
        match words:
            case ["relay", "readall"]:
                digits = next(one for one in (1, 2, 4, 8) if one * 4 >= len(relays.on))
                number = int("".join("1" if on else "0" for on in reversed(relays.on)), 2)
                return f"{number:0{digits}x}"
            case ["relay", "writeall", digits]:
                self._write_all(digits, relays)
            case ["relay", ("on" | "off" | "read") as verb, name]:
                return self._obey_one(verb, name, relays)
        return ""

    def _write_all(self, digits: str, relays: Contacts) -> None:
        """Every relay at once, from as many digits as the module has."""
        fitting = len(digits) in (1, 2, 4, 8) and set(digits) <= set("0123456789abcdefABCDEF")
        if not fitting or len(digits) * 4 < len(relays.on):
            return
        for place in range(len(relays.on)):
            relays.switch(place + 1, int(digits, 16) >> place & 1 == 1)

    def _obey_one(self, verb: str, name: str, relays: Contacts) -> str:
        if len(name) != 1 or not ("0" <= name <= "9" or "A" <= name <= "V"):
            return ""
        place = ord(name) - ord("0") if name <= "9" else ord(name) - ord("A") + 10
        if place >= len(relays.on):
            return ""
        if verb == "read":
            return "on" if relays.on[place] else "off"
        relays.switch(place + 1, verb == "on")
        return ""
