"""Makes of a project of the tests its next release, which only adds: fields of a resource with their columns, a field of an event, an operation."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.media_project import insert
from tests.projects import run

SOURCE = Path(__file__).with_name("expansion")
OPERATION = "count_artists"
COUNTRY = "    country: {type: [string, 'null'], maxLength: 60, default: null}\n"
GRADE = "    grade: {type: integer, format: int32, minimum: 1, maximum: 9}\n"
COLUMNS = """\
    country: str | None = Field(default=None, sa_column=Column(Text))
    grade: int = Field(default=1, sa_column=Column(BigInteger, nullable=False, server_default=text("1")))
"""
METHOD = """\
        _, total = await self._repository.page(context.db, {}, limit=1, offset=0)
        return CountArtistsResult(count=total)
"""


def expand(tree: Path) -> None:
    """What a person writes, in the order of `docs/guides/evolving.md`; proto and numbers follow by `fix`."""
    place = ("--feature", "artists", "--path", "/api/artist-count")
    run(tree, "codegen", "new", "--name", OPERATION, *place, "--roles", "get-artists", "--query")
    shutil.copytree(SOURCE, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    _contract(tree / "specs" / "schemas" / "artist.yaml")
    feature = tree / "app" / "features" / "artists"
    insert(feature / "tables.py", '\n\nUNIQUE_NAME = "artist_name_key"', COLUMNS)
    _repository(feature / "repository.py")
    _handler(feature / "handler.py")


def _contract(schemas: Path) -> None:
    insert(schemas, "\nArtistInput:\n", COUNTRY + GRADE)
    insert(schemas, "\nArtistRef:\n", COUNTRY)
    insert(schemas, "\nArtistUpdated:\n", GRADE)
    replace(
        schemas,
        "CountArtistsResult:\n  type: object\n  properties: {}\n",
        "CountArtistsResult:\n  type: object\n  required: [count]\n  properties:\n"
        "    count: {type: integer, format: int64, minimum: 0, maximum: 9007199254740991}\n",
    )


def _repository(file: Path) -> None:
    insert(file, "    )  # fmt: skip", '        country=row["country"], grade=row["grade"],\n')
    replace(file, '("name", "bio", "born_on")}', '("name", "bio", "born_on", "country")}')
    replace(file, "born_on=request.born_on)", "born_on=request.born_on, country=request.country)")
    replace(file, '"born_on": request.born_on}', '"born_on": request.born_on, "country": request.country}')


def _handler(file: Path) -> None:
    replace(file, "ArtistCreated(artist=artist)", "ArtistCreated(artist=artist, grade=artist.grade)")
    replace(file, '        raise NotImplementedError("count_artists is not implemented yet")\n', METHOD)


def replace(file: Path, old: str, new: str) -> None:
    found = file.read_text()
    assert found.count(old) == 1, (file, old)
    file.write_text(found.replace(old, new))
