"""What makes a password good enough. Pure: the same rules on the page, by link and on the command line."""

from __future__ import annotations

import re
import unicodedata

from broadcaster.errors import BadInput

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 256
_LEFT_OVER = 5
"""So many characters must remain when everything a guesser tries first is taken away."""

_COMMON = [
    "password",
    "passwort",
    "passw0rd",
    "passcode",
    "secret",
    "iloveyou",
    "welcome",
    "letmein",
    "changeme",
    "trustno1",
    "whatever",
    "administrator",
    "admin",
    "administrat",
    "operator",
    "approver",
    "editor",
    "officer",
    "manager",
    "master",
    "superman",
    "batman",
    "dragon",
    "monkey",
    "shadow",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "basketball",
    "soccer",
    "liverpool",
    "chelsea",
    "arsenal",
    "computer",
    "internet",
    "samsung",
    "android",
    "google",
    "facebook",
    "youtube",
    "whatsapp",
    "windows",
    "microsoft",
    "apple",
    "hello",
    "freedom",
    "starwars",
    "pokemon",
    "charlie",
    "michael",
    "jordan",
    "jessica",
    "daniel",
    "andrew",
    "thomas",
    "robert",
    "jennifer",
    "hunter",
    "ranger",
    "mustang",
    "flower",
    "summer",
    "winter",
    "spring",
    "autumn",
    "monday",
    "sunday",
    "january",
    "december",
    "qwerty",
    "azerty",
    "qwertz",
    "asdf",
    "zxcv",
    "login",
    "guest",
    "user",
    "test",
    "temp",
    "default",
    "demo",
    "server",
    "sekong",
    "xekong",
    "lamam",
    "thateng",
    "kaleum",
    "dakcheung",
    "champasak",
    "champasack",
    "attapeu",
    "salavan",
    "pakse",
    "vientiane",
    "savannakhet",
    "laos",
    "laopdr",
    "lao",
    "radio",
    "broadcaster",
    "broadcast",
    "loudspeaker",
    "announcement",
    "station",
    "village",
    "province",
    "district",
    "sabaidee",
    "sabaydee",
    "khopchai",
    "ສະບາຍດີ",
    "ເຊກອງ",
    "ລາວ",
    "ລະຫັດຜ່ານ",
    "ລະຫັດ",
]
_ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
)
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
_WORDS = re.compile("|".join(sorted(map(re.escape, _COMMON), key=len, reverse=True)))
_REPEATS = re.compile(r"(.{1,3}?)\1{2,}")


def check_password(password: str, *own: str) -> None:
    """`BadInput` in words unless it is long enough, hard to guess, and holds nothing of the person's `own`.

    `own` are the person's address and name.
    """
    composed = unicodedata.normalize("NFC", password)
    if len(composed) < MIN_PASSWORD_LENGTH:
        raise BadInput(
            f"the password is too short; take at least {MIN_PASSWORD_LENGTH} characters",
            field="password",
            code="short_password",
            length=MIN_PASSWORD_LENGTH,
        )
    if len(composed) > MAX_PASSWORD_LENGTH:
        raise BadInput(
            f"the password is too long; take at most {MAX_PASSWORD_LENGTH} characters",
            field="password",
            code="long_password",
            length=MAX_PASSWORD_LENGTH,
        )
    plain = composed.casefold()
    if is_common(plain):
        raise BadInput(
            "this password is among the first that are guessed; take three or four words that do not "
            "belong together",
            field="password",
            code="common_password",
        )
    if any(word in plain for word in own_words(*own)):
        raise BadInput(
            "the password holds the person's own name or address; take words nobody connects with them",
            field="password",
            code="own_password",
        )


def own_words(*own: str) -> frozenset[str]:
    """The words of four letters and more in addresses (before the @) and names."""
    texts = (unicodedata.normalize("NFC", text).casefold().partition("@")[0] for text in own)
    return frozenset(word for text in texts for word in re.findall(r"[^\W\d_]+\w*", text) if len(word) >= 4)


def is_common(password: str) -> bool:
    """Whether little is left once common words, rows of keys, repetitions and figures are taken away."""
    plain = password.casefold()
    if len(set(plain)) < _LEFT_OVER:
        return True
    return any(len(_left_over(form)) < _LEFT_OVER for form in (plain, plain.translate(_LOOKALIKES)))


def _left_over(text: str) -> str:
    text = _without_rows(text)
    text = _REPEATS.sub(r"\1", _WORDS.sub(" ", text))
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _without_rows(text: str) -> str:
    """Runs of four keys and more that lie beside each other, in either direction, taken out."""
    kept, at = "", 0
    while at < len(text):
        length = _run(text, at)
        kept += " " if length >= 4 else text[at]
        at += length if length >= 4 else 1
    return kept


def _run(text: str, start: int) -> int:
    longest = 0
    for row in _ROWS:
        for way in (row, row[::-1]):
            end = start + 4
            while end <= len(text) and text[start:end] in way:
                longest = max(longest, end - start)
                end += 1
    return longest
