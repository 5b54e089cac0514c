"""What can be wrong with metal, by whose fault it is. Every message is one line: what, where, what to do."""


class HardwareError(Exception):
    """Anything this package raises."""


class CallerError(HardwareError):
    """The caller asked for something that does not exist."""


class UnknownBoard(CallerError):
    """No codec goes by that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no relay board is called {name!r}; known boards: {', '.join(known)}")


class NoSuchChannel(CallerError):
    """The board does not have that relay."""

    def __init__(self, channel: int, channels: int) -> None:
        super().__init__(f"relay channel {channel} does not exist; this board has channels 1 to {channels}")


class BadSetting(CallerError):
    """A setting is out of its range."""


class DeviceError(HardwareError):
    """The device does not behave as its kind should."""


class BoardGarbled(DeviceError):
    """What came back is not what a board of this kind sends."""


class AudioUnavailable(DeviceError):
    """Sound cannot be played on this machine."""


class OutputNotReady(AudioUnavailable):
    """The sound worker neither played nor refused in time: a library or the device keeps it waiting."""


class LinkError(HardwareError):
    """The way to the device is missing, taken, forbidden or broken."""


class PortMissing(LinkError):
    """Nothing is there under the port's path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"serial port {path} does not exist; plug the board in or correct the path")


class PortAmbiguous(LinkError):
    """More than one port goes by that name."""

    def __init__(self, name: str, found: tuple[str, ...]) -> None:
        super().__init__(
            f"{name} fits several ports ({', '.join(found)}); "
            "add its serial number, or name the one by /dev/serial/by-path"
        )


class PortBusy(LinkError):
    """Another program holds the port. `holder_pid`: its process, None where nobody can tell."""

    def __init__(self, path: str, holder: str = "another program", holder_pid: int | None = None) -> None:
        self.holder_pid = holder_pid
        super().__init__(f"serial port {path} is held by {holder}; stop that program")


class PortDenied(LinkError):
    """This user may not open the port."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"serial port {path} may not be opened by this user; run: sudo usermod -a -G dialout $USER, "
            "then sign in again"
        )


class NotASerialPort(LinkError):
    """The path leads to something else. `elsewhere`: to a serial port server of another machine."""

    def __init__(self, path: str, *, elsewhere: bool = False) -> None:
        super().__init__(
            f"{path} is on another machine, which is refused: the time to reach it has no bound; "
            "connect the board to this one"
            if elsewhere
            else f"{path} is not a serial port; give the path of one, best under /dev/serial/by-id"
        )


class LineBroken(LinkError):
    """The port was open and no longer works: unplugged, or the adapter failed."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"serial port {path} broke off ({why}); check the cable and the board's power")


class BoardUnreachable(LinkError):
    """The board did not become ready, or its relays not open. The message is that of the fault in its way."""


class BoardSilent(LinkError):
    """The board did not answer in time."""

    def __init__(self, path: str, timeout_ms: int, *, must_answer: bool = False) -> None:
        self.must_answer = must_answer
        why = "is it of this kind, has it power, are its options right" if must_answer else "many never do"
        super().__init__(f"the board on {path} did not answer within {timeout_ms} ms; {why}")
