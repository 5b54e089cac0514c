"""Settings: a TOML file in the data folder and the environment, checked whole at start.

`BROADCASTER_<SECTION>__<KEY>` overrides the file. A damaged file gives one clear line per mistake.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from broadcaster.errors import ConfigurationError
from schedules.setting_mistakes import mistake_words

FILE_NAME = "broadcaster.toml"
DATABASE_DRIVERS = ("sqlite", "postgresql+psycopg")
STORE_SCHEMES = ("s3", "file", "memory")
_TIME_OF_DAY = 'must be a time of day, as in "21:00"'
_WANTED = {
    "province.quiet_from": _TIME_OF_DAY,
    "province.quiet_until": _TIME_OF_DAY,
    "mail.from": 'must be an address, as in "Sekong Broadcaster <news@example.org>"',
    "mail.base_url": 'must be an address, as in "https://broadcaster.example.org"',
}


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r}; write for example 'Asia/Vientiane'") from error
    return name


def _known_database(url: str) -> str:
    if not url:
        return url
    try:
        driver = make_url(url).drivername
    except (ArgumentError, ValueError) as error:
        raise ValueError("must be a database address, as in 'postgresql+psycopg://user@host/name'") from error
    if driver not in DATABASE_DRIVERS:
        raise ValueError(f"must begin with one of {', '.join(DATABASE_DRIVERS)}")
    return url


def _known_store(place: str) -> str:
    scheme, mark, _rest = place.partition("://")
    if mark and scheme not in STORE_SCHEMES:
        raise ValueError("must be a folder, or begin with s3:// or file://")
    return place


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(_Section):
    """Where the web server listens. `threads` bounds the bells that can wait at once.

    `trusted_proxy` is the address of a proxy in front, whose word on who asks is believed.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    threads: Annotated[int, Field(ge=4, le=1024)] = 64
    secure_cookies: bool = False
    trusted_proxy: str = ""


class DatabaseSettings(_Section):
    """SQLAlchemy URL; empty means SQLite in the data folder."""

    url: Annotated[str, AfterValidator(_known_database)] = ""


class AudioSettings(_Section):
    """The store's URL or folder; empty means `audio/` in the data folder.

    `originals` is the place of what was brought, by default `originals/` there; without `keep_originals`
    edits start from the broadcast copy.

    `keep_free_bytes` of the data folder's disk are never filled by uploads; `quota_bytes` bounds everything
    stored and arriving, 0 is no bound; nobody has more than `uploads_per_person` unfinished uploads.
    """

    store: Annotated[str, AfterValidator(_known_store)] = ""
    originals: Annotated[str, AfterValidator(_known_store)] = ""
    keep_originals: bool = True
    max_upload_bytes: Annotated[int, Field(ge=1024, le=8 * 2**30)] = 2 * 2**30
    keep_free_bytes: Annotated[int, Field(ge=0)] = 500 * 2**20
    quota_bytes: Annotated[int, Field(ge=0)] = 0
    uploads_per_person: Annotated[int, Field(ge=1, le=1000)] = 50


class ProvinceSettings(_Section):
    """Whose server this is."""

    code: str = "LA15"
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Vientiane"
    quiet_from: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "21:00"
    quiet_until: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "05:00"
    demonstration: bool = False
    author_may_approve: bool = False


LOOPBACK = ("localhost", "127.0.0.1", "::1")


class MailSettings(_Section):
    """The SMTP server e-mail goes by; an empty `host` means none is sent.

    `from` is who a letter comes from, `base_url` the address under which people reach these pages. The
    password stands alone in `password_file`. `ca_file` holds the certificates to trust, if not the system's.
    """

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password_file: str = ""
    sender: Annotated[str, Field(alias="from", pattern=r"^$|^[^@\r\n]+@[^@\s]+$")] = ""
    base_url: Annotated[str, Field(pattern=r"^$|^https?://[^\s]+$")] = ""
    ca_file: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.host:
            return self
        if not self.sender or not self.base_url:
            raise ValueError("needs from and base_url as well as host")
        if bool(self.user) != bool(self.password_file):
            raise ValueError("needs user and password_file together, or neither")
        if self.user and self.security == "none" and self.host not in LOOPBACK:
            raise ValueError('must not send a password in the clear: set security to "starttls" or "tls"')
        return self


class NewsroomSettings(_Section):
    """The way of a recording to the air.

    `language_check`: whether somebody who understands the language must listen before it is approved
    ("required"), may ("offered"), or is not asked ("off"). `author_may_check`: also the one who brought it.
    """

    language_check: Literal["required", "offered", "off"] = "offered"
    author_may_check: bool = False


class AccountsSettings(_Section):
    """Signing in. `second_factor`: whether administrators and approvers must have an authenticator app
    ("required"), everybody may ("offered"), or codes are neither asked for nor set up ("off").
    """

    second_factor: Literal["required", "offered", "off"] = "offered"


class Settings(BaseSettings):
    """Everything that can be set. `data` is the folder that holds configuration, database and audio."""

    model_config = SettingsConfigDict(
        env_prefix="BROADCASTER_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    data: Path
    server: ServerSettings = ServerSettings()
    database: DatabaseSettings = DatabaseSettings()
    audio: AudioSettings = AudioSettings()
    province: ProvinceSettings = ProvinceSettings()
    mail: MailSettings = MailSettings()
    accounts: AccountsSettings = AccountsSettings()
    newsroom: NewsroomSettings = NewsroomSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings'
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file; nothing else is read."""
        return env_settings, init_settings

    @property
    def database_url(self) -> str:
        """The URL in force."""
        return self.database.url or f"sqlite:///{self.data / 'broadcaster.db'}"

    @property
    def audio_store(self) -> str:
        """The store's place in force."""
        return self.audio.store or str(self.data / "audio")

    @property
    def originals_store(self) -> str:
        """The place in force of what was brought."""
        return self.audio.originals or str(self.data / "originals")

    @property
    def zone(self) -> ZoneInfo:
        """The province's time zone."""
        return ZoneInfo(self.province.time_zone)


def load_settings(data: Path) -> Settings:
    """The settings of a data folder; `ConfigurationError` with one line per mistake."""
    file = data / FILE_NAME
    values: dict[str, Any] = {}
    if file.exists():
        if not file.is_file():
            raise ConfigurationError([f"{file}: not a file; put a file in its place"])
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{file}: not valid TOML: {error}"]) from error
        except OSError as error:
            raise ConfigurationError([f"{file}: cannot be read: {error.strerror}"]) from error
    values["data"] = data.resolve()
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigurationError([_mistake(file, item) for item in error.errors()]) from error
    except SettingsError as error:  # a whole section in a variable, which must be JSON
        raise ConfigurationError([_section_mistake(name) for name in _unreadable_sections()]) from error


def _mistake(file: Path, item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return f"{file}: {where}: unknown setting; remove it or correct its spelling"
    words = mistake_words(item, _WANTED.get(where))
    of_a_section = item["type"] == "value_error" and where in Settings.model_fields
    nothing_to_quote = item["type"] == "missing" or of_a_section
    found = "" if nothing_to_quote else f", not {item['input']!r}"
    end = "" if item["type"] == "missing" else "; correct it"
    return f"{_source(file, item['loc'])}: {where}: {words}{found}{end}"


def _unreadable_sections() -> list[str]:
    names = [f"BROADCASTER_{name.upper()}" for name in Settings.model_fields]
    return [name for name in names if name in os.environ and not _is_json(os.environ[name])]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _section_mistake(name: str) -> str:
    return f"environment {name}: not JSON; set one value at a time, as in {name}__KEY"


def _source(file: Path, where: Sequence[int | str]) -> str:
    """Where the value stands: the environment wins over the file."""
    variable = "BROADCASTER_" + "__".join(str(part) for part in where).upper()
    return f"environment {variable}" if variable in os.environ else str(file)
