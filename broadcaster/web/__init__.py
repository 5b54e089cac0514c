"""The shell every page stands in: layout, navigation, language, security headers, static assets."""

from __future__ import annotations

from apiflask import APIFlask

from broadcaster.web import (
    api_docs,
    assets,
    compression,
    day_line,
    face,
    forgery,
    headers,
    language,
    lao_lines,
    limits,
    lists,
    mishaps,
    navigation,
    preferences,
    toasts,
    wording,
)


def set_up(app: APIFlask) -> None:
    """Give the application its templates, assets, languages, headers and error pages."""
    for part in (
        compression,
        lao_lines,
        headers,
        language,
        forgery,
        limits,
        lists,
        toasts,
        mishaps,
        assets,
        wording,
        navigation,
        preferences,
        day_line,
    ):
        part.set_up(app)
    app.register_blueprint(api_docs.blueprint)
    app.register_blueprint(face.blueprint)
