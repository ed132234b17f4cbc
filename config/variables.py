"""OPSBOT_ variables: from the environment, a .env file, and the files that `…_FILE` variables name."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings, EnvSettingsSource

from config.errors import SETTINGS_FILE

PREFIX = "OPSBOT_"
FILE = "_FILE"
_MAX_SECRET = 64 * 1024


class Variables(EnvSettingsSource):
    """Gives variables the shape of the settings: OPSBOT_SOURCES__JIRA__TOKEN is sources, jira, token."""

    def __init__(self, settings: type[BaseSettings], values: Mapping[str, str]) -> None:
        super().__init__(settings)
        self.env_vars = {name.lower(): value for name, value in values.items()}


Layer = dict[str, str]
"""Variables by name in capitals; an empty one counts as not set."""


def written_variables(dotenv: Path | None, environ: Mapping[str, str]) -> tuple[list[Layer], list[str]]:
    """The variables of the .env file and of the environment, which wins; and problems, one line each."""
    problems = []
    written: Mapping[str, str | None] = {}
    if dotenv is not None and dotenv.is_file():
        try:
            written = dotenv_values(dotenv, interpolate=False)
        except (OSError, UnicodeDecodeError):
            problems.append(
                f"{dotenv} cannot be read; allowed: lines of {PREFIX}NAME=value in UTF-8 {SETTINGS_FILE}"
            )
    return [_ours(written), _ours(environ)], problems


def _ours(layer: Mapping[str, str | None]) -> Layer:
    return {name.upper(): value for name, value in layer.items() if value and name.upper().startswith(PREFIX)}


def with_files_read(layers: Iterable[Layer]) -> tuple[Layer, list[str]]:
    """One layer out of all (the last wins) with secret files read; and problems, one line each."""
    problems: list[str] = []
    merged: Layer = {}
    for layer in layers:
        merged |= {name: value for name, value in layer.items() if not name.endswith(FILE)}
        for name, value in layer.items():
            secret = name.removesuffix(FILE)
            if secret == name:
                continue
            if secret in layer:
                problems.append(f"{name} is set, and {secret} too; allowed: one of them {SETTINGS_FILE}")
            elif (content := _content(Path(value))) is None:
                allowed = "the path of a readable text file that holds the secret"
                problems.append(f"{name} names no file that can be used; allowed: {allowed} {SETTINGS_FILE}")
            else:
                merged[secret] = content
    return merged, problems


def _content(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_SECRET).decode("utf-8").strip() or None
    except (OSError, ValueError):
        return None
