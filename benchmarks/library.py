"""How quickly the library answers: its pages with 10,000 recordings, its search in 50,000.

Titles and transcripts are made of Lao words, common ones often and rare ones seldom. Run it from the
repository's root: `python benchmarks/library.py [--recordings N] [--database URL] [--json]`. Exits 1 when a
limit is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time as stopwatch
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

import broadcaster.tables  # noqa: F401 - so that every table is made
from broadcaster.accounts import sessions
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.accounts.people import make_roles
from broadcaster.accounts.reach import EVERYWHERE
from broadcaster.accounts.roles import Role
from broadcaster.app import create_app
from broadcaster.config import DatabaseSettings, Settings
from broadcaster.database import Base, db
from broadcaster.newsroom import library
from broadcaster.newsroom.found_words import excerpt, marked
from broadcaster.newsroom.library_question import Wanted
from broadcaster.newsroom.library_words import COLUMNS
from broadcaster.newsroom.list_wishes import ROWS, keep_wish
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.search import question
from broadcaster.newsroom.search_index import mend
from broadcaster.newsroom.sound import IngestState
from broadcaster.places.models import Place, PlaceKind
from broadcaster.secret import make_secret
from broadcaster.serving import settle_memory

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PAGE_LIMIT_MS, SEARCH_LIMIT_MS = 150.0, 60.0
PAGE_RECORDINGS = 10_000
LANGUAGES = ("lo", "kuf", "tdf", "alk", "tto")
PAGES = (
    "/announcements?sort=-created", "/announcements?sort=title", "/recordings?sort=-created",
    "/recordings?sort=duration", "/recordings?language=kuf&state=approved", "/recordings?missing=alk",
)  # fmt: skip
_LAO = (
    "ບ້ານ ເມືອງ ແຂວງ ເຊກອງ ກຸ່ມບ້ານ ສະພາແຫ່ງຊາດ ກົດໝາຍ ປະກາດ ມື້ນີ້ ມື້ອື່ນ ມື້ວານ ຕອນນີ້ ອາທິດນີ້ ອາທິດໜ້າ ເດືອນນີ້ "
    "ປີ ຊົ່ວໂມງ ນາທີ ຕອນເຊົ້າ ຕອນທ່ຽງ ຕອນບ່າຍ ຕອນແລງ ຕອນກາງຄືນ ລາວ ອັງກິດ ວັນຈັນ ວັນອັງຄານ ວັນພຸດ ວັນພະຫັດ ວັນສຸກ "
    "ວັນເສົາ ວັນອາທິດ ບັນທຶກ ຍົກເລີກ ລຶບ ແກ້ໄຂ ເພີ່ມ ຄົ້ນຫາ ເລືອກ ຢືນຢັນ ປິດ ກັບຄືນ ຕໍ່ໄປ ກ່ອນໜ້າ ເບິ່ງ ດາວໂຫຼດ ປັບປຸງ "
    "ລະຫັດຜ່ານ ອີເມວ ໝາຍເລກໂທລະສັບ ພາສາ ຕັ້ງຄ່າ ຊ່ວຍ ບັນຊີ ອະນຸມັດ ສຳເລັດແລ້ວ ສະຖານະ ຜົນຕອບຮັບ ຫຼິ້ນ ຢຸດ ຢຸດຊົ່ວຄາວ ສຽງ "
    "ອັດຕະໂນມັດ ຊ້ຳ ການເຕືອນສຸກເສີນ ແຈ້ງເຕືອນ ຜິດພາດ ລາຍງານ ກຳນົດເວລາ ແຜນທີ່ ຊື່ ປະເພດ ລາຍລະອຽດ ທັງໝົດ ບໍ່ມີຂໍ້ມູນ ເລີ່ມຕົ້ນ "
    "ສິ້ນສຸດ ໄຕມາດ ທຸກໆມື້ ໂທລະໂຄ່ງ ເຄື່ອງຂະຫຍາຍສຽງ ໜ້າຫຼັກ ສະຖານີ ວິທະຍຸ ອອກອາກາດ ລະດັບສຽງ ລາຍການ ຂ່າວ ເພງ ສົດ ວາລະສານ "
    "ປ້າຍໂຄສະນາ ກະດານຂ່າວ ສະບັບ ສົ່ງແລ້ວ ໄດ້ຮັບແລ້ວ ຜູ້ຮັບ ຮູບພາບ ເສຍຫາຍ ບັນນາທິການ ຜູ້ຄວບຄຸມ ນາຍບ້ານ ອາສາສະໝັກ ສະບັບຮ່າງ "
    "ປະຕິເສດ ລົ້ມເຫຼວ ພາດ ໄຟດັບ ເວລາງົດສຽງ"
)
WORDS = _LAO.split()
SHORT = ("ປີ", "ຂ່າ", "ໄຟ", "ບ້າ", "ຊື່", "ຢຸ", "zq", "42")


def _text(dice: random.Random, words: int) -> str:
    weights = [1 / (place + 3) for place in range(len(WORDS))]
    said = dice.choices(WORDS, weights, k=words)
    return "".join(word + (" " if dice.random() < 0.15 else "") for word in said)


def fill(session: Session, recordings: int) -> None:
    """Announcements with five recordings each until there are so many, and the texts they are found by."""
    dice = random.Random(recordings)  # noqa: S311 - a die that falls the same each time
    there = session.scalar(select(func.count()).select_from(Announcement)) or 0
    count = recordings // len(LANGUAGES) - there
    about = [
        {
            "title": _text(dice, dice.randint(3, 8)),
            "kind": dice.choice(list(AnnouncementKind)),
            "created_at": NOW - timedelta(minutes=7 * n),
        }
        for n in range(count)
    ]
    session.execute(insert(Announcement), about)
    newest = select(Announcement.id).order_by(Announcement.id.desc()).limit(count)
    for number in session.scalars(newest).all():
        session.execute(insert(Recording), [_recording(dice, number, tag) for tag in LANGUAGES])
    session.commit()
    mend(session)


def _recording(dice: random.Random, about: int, language: str) -> dict[str, Any]:
    return {
        "announcement_id": about, "language": language, "version": 1, "ingest": IngestState.DONE,
        "state": dice.choice(("draft", "submitted", "approved", "approved")), "progress": 1.0,
        "original_name": f"recording_{about}_{language}.wav", "created_at": NOW - timedelta(minutes=about),
        "duration_ms": dice.randint(20_000, 600_000), "verdict": "good", "sha256": f"{about:060x}{language}",
        "transcript": _text(dice, dice.choice((0, 40, 80, 140))) or None, "verdict_figures": {},
        "error_figures": {}, "peaks": [[-90, 90]] * 800, "media_type": "audio/webm",
    }  # fmt: skip


def make_places(session: Session) -> None:
    """A province of 250 villages."""
    session.add(Place(code="LA15", kind=PlaceKind.PROVINCE, name="Sekong"))
    session.flush()
    session.add_all(
        Place(code=f"V{n}", kind=PlaceKind.VILLAGE, name=f"Ban {n}", parent_code="LA15",
              languages=[LANGUAGES[n % 5], "lo"], population=300 + n)
        for n in range(250)
    )  # fmt: skip
    session.commit()


def timed(act: Callable[[str], object], what: str) -> float:
    """Milliseconds."""
    begin = stopwatch.perf_counter()
    act(what)
    return (stopwatch.perf_counter() - begin) * 1000


def summary(figures: list[float]) -> dict[str, float]:
    """Median and the 95th of a hundred."""
    return {"median_ms": statistics.median(figures), "p95_ms": statistics.quantiles(figures, n=20)[-1]}


def measure_pages(app: APIFlask, rounds: int) -> dict[str, dict[str, float]]:
    """Whole answers of the server, from request to HTML, as an editor gets them."""
    browser = sign_in(app)
    figures: dict[str, dict[str, float]] = {}
    for address in PAGES:
        assert browser.get(address).status_code == 200, address
        figures[address] = summary([timed(browser.get, address) for _ in range(rounds)])
    for name in ("announcements", "recordings"):
        with app.app_context():
            keep_wish(db.session.scalars(select(Person)).one(), name, ROWS[-1], COLUMNS[name])
            db.session.commit()
        address = f"/{name}?sort=-created"
        assert browser.get(address).text.count("<tr>") == ROWS[-1] + 1, address
        figures[f"{address}, {ROWS[-1]} rows"] = summary([timed(browser.get, address) for _ in range(rounds)])
    return figures


def measure_search(session: Session, rounds: int) -> dict[str, dict[str, float]]:
    """A part of the list with its findings marked, as the page has it; beside it what LIKE takes."""
    dice = random.Random(9)  # noqa: S311
    asked = [
        dice.choice(SHORT) if n % 5 == 0 else " ".join(dice.sample(WORDS, k=dice.choice((1, 1, 2, 3))))
        for n in range(rounds)
    ]
    around = library.Around(EVERYWHERE, NOW, UTC)

    def find(words: str) -> None:
        part = library.recordings(session, Wanted(search=words), around)
        wanted = question(words)
        for one in part.rows:
            marked(one.announcement.title, wanted)
        for texts in library.words_of(
            session, [one for one in part.rows if not wanted.fits(one.announcement.title)]
        ).values():
            next(filter(None, (excerpt(text, wanted) for text in texts)), None)
        session.expunge_all()

    def scan(words: str) -> None:
        rows = select(Recording.id).join(Announcement)
        for word in words.split():
            rows = rows.where(or_(Announcement.title.contains(word), Recording.transcript.contains(word)))
        session.execute(select(func.count()).select_from(rows.subquery())).scalar()
        session.execute(rows.order_by(Recording.created_at.desc()).limit(50)).all()

    return {
        "search": summary([timed(find, words) for words in asked]),
        "like": summary([timed(scan, words) for words in asked[: max(20, rounds // 5)]]),
    }


def measure(recordings: int, database: str, rounds: int) -> dict[str, Any]:
    """Everything, in a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="library-") as folder:
        data = Path(folder)
        make_secret(data)
        app = create_app(
            Settings(data=data, database=DatabaseSettings(url=database)),
            app_clock=lambda: NOW,
            overrides={"TESTING": True, "RATELIMIT_ENABLED": False},
        )
        with app.app_context():
            Base.metadata.create_all(db.engine)
            make_places(db.session)
            fill(db.session, min(recordings, PAGE_RECORDINGS))
        settle_memory()  # as the server does before it answers
        pages = measure_pages(app, max(20, rounds // 10))
        with app.app_context():
            if recordings > PAGE_RECORDINGS:
                fill(db.session, recordings)
            return {"recordings": recordings, "pages": pages, **measure_search(db.session, rounds)}


def sign_in(app: APIFlask) -> FlaskClient:
    """A browser on which an editor is signed in."""
    with app.app_context():
        make_roles(db.session)
        person = Person(email="e@example.org", name="Editor", language="en", active=True, created_at=NOW)
        person.fs_uniquifier = "benchmark"
        person.roles = [row for row in db.session.query(RoleRow) if row.name == Role.EDITOR]
        db.session.add(person)
        _row, word = sessions.begin(db.session, person, NOW)
        db.session.commit()
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie.update({"_user_id": "benchmark", "_fresh": True, "sign_in_word": word})
    return browser


def main() -> int:
    """Print the figures against the limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--recordings", type=int, default=50_000)
    parser.add_argument("--database", default="", help="a PostgreSQL address; without it SQLite")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    figures = measure(options.recordings, options.database, options.rounds)
    slowest = max(one["p95_ms"] for one in figures["pages"].values())
    good = slowest <= PAGE_LIMIT_MS and figures["search"]["p95_ms"] <= SEARCH_LIMIT_MS
    figures |= {"like_to_search": figures["like"]["median_ms"] / figures["search"]["median_ms"]}
    if options.json:
        print(json.dumps(figures))
        return 0 if good else 1
    named = {**figures["pages"], "search": figures["search"], "LIKE, for comparison": figures["like"]}
    for name, each in named.items():
        print(f"{name:44} median {each['median_ms']:7.1f} ms   95 % {each['p95_ms']:7.1f} ms")
    print(f"LIKE takes {figures['like_to_search']:.1f} times as long as the search")
    print(f"limits: pages {PAGE_LIMIT_MS:.0f} ms, search {SEARCH_LIMIT_MS:.0f} ms (95 %)")
    print("within the limits" if good else "OVER THE LIMIT")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
