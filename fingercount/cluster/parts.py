"""The answers on disk: a folder of Parquet files, each written whole, so that a run can go on.

begin(folder, {"model": ..., "data": ...})
write_part(folder, rows, classes)
paths = answered(folder)
"""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fingercount.errors import FingercountError
from fingercount.extras import advised
from fingercount.files import advice_on_write_errors, write_atomic, write_json
from fingercount.json_files import read_json

if TYPE_CHECKING:
    import pyarrow as pa

RUN = "run.json"  # what the answers are of, beside them
Row = Mapping[str, Any]


def begin(folder: Path, about: Mapping[str, Any]) -> None:
    """Make the folder, or make sure that what it holds are answers of the same kind.

    Args:
        folder: of the parts.
        about: what the answers are of: the model, the photos.

    Raises:
        FingercountError: where it holds something else, or cannot be written.
    """
    if (folder / RUN).is_file():
        if read_json(folder / RUN) != dict(about):
            raise FingercountError(
                f"{folder} holds answers of another model or of other photos; name another folder."
            )
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FingercountError(
            f"{folder} holds something else than answers; name a folder that is empty or not there."
        )
    with advice_on_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / RUN, dict(about))


def write_part(folder: Path, rows: Sequence[Row], classes: Sequence[str]) -> Path:
    """Write some answers as one Parquet file, wholly or not at all.

    The name follows from the photos, so what is answered twice is there once.

    Args:
        folder: of the parts.
        rows: {column: value} of each photo, as `schema` names the columns.
        classes: those of the model.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = "\n".join(str(row["path"]) for row in rows).encode()
    path = folder / f"part-{hashlib.sha256(names).hexdigest()[:16]}.parquet"
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([*rows], schema=schema(classes)), buffer)
    with advice_on_write_errors(folder):
        write_atomic(path, buffer.getvalue())
    return path


def schema(classes: Sequence[str]) -> "pa.Schema":
    """Return the columns: those of `evaluate --csv` that a photo alone decides, and `error`.

    What a photo that cannot be read has no value for is null, and so is `actual` of photos without
    a label and `count` of answers that are no number.
    """
    import pyarrow as pa

    columns = [
        ("path", pa.string()),
        ("actual", pa.string()),
        ("predicted", pa.string()),
        ("answer", pa.string()),
        ("count", pa.int32()),
        ("confidence", pa.float32()),
        *((f"p({label})", pa.float32()) for label in classes),
        ("error", pa.string()),
    ]
    return pa.schema(columns)


def columns_of(folder: Path, names: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    """Yield some columns of each part, as one {column: value} for each photo.

    Raises:
        FingercountError: for a part that cannot be read.
    """
    with advised():
        import pyarrow.parquet as pq

    for part in sorted(folder.glob("part-*.parquet")):
        try:
            rows: list[dict[str, Any]] = pq.read_table(part, columns=[*names]).to_pylist()
        except (OSError, ValueError) as error:  # ArrowInvalid is a ValueError
            raise FingercountError(
                f"{part} is damaged; delete it, and its photos are asked about again."
            ) from error
        yield rows


def answered(folder: Path) -> set[str]:
    """Return the paths of the photos that have an answer, or the word that they have none."""
    return {row["path"] for rows in columns_of(folder, ["path"]) for row in rows}
