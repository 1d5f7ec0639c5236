"""An evaluation as one HTML file: figures, reasons and pictures, readable without this program."""

import base64
import io
import time

from jinja2 import Environment, PackageLoader
from PIL import Image

from fingercount.data.dataset import Dataset
from fingercount.diagnosis import Case, Focus, class_sentence, explain
from fingercount.diagnosis.sentences import new_and_known, share_of
from fingercount.errors import FingercountError
from fingercount.evaluation.report import Report
from fingercount.models.model import Model

PICTURE = 112  # pixels
OF_A_REASON, OF_ALL = 8, 120  # pictures


def to_html(model: Model, dataset: Dataset, case: Case) -> str:
    """Return a self-contained page, which fetches nothing from elsewhere.

    Args:
        model, dataset: what was measured on what.
        case: the evaluation with all that its reasons need.
    """
    report = case.report
    pictures = _Pictures(dataset)
    wrong = sorted((i for i in report.items if not i.right), key=lambda item: -item.confidence)
    environment = Environment(loader=PackageLoader("fingercount.diagnosis"), autoescape=True)
    environment.filters["percent"] = lambda value: "" if value is None else f"{value:.1%}"
    return environment.get_template("report.html").render(
        report=report,
        made=time.strftime("%Y-%m-%d %H:%M"),
        accuracy=share_of(report.right, report.n),
        known=new_and_known(report),
        matrix=_matrix(report),
        classes=[_class(case, label, pictures) for label in report.classes],
        wrong=[(item, pictures.of(item.path)) for item in wrong[:OF_ALL]],
        n_wrong=len(wrong),
        settings=_flat(model.card.get("settings", {})),
        fingerprint=dataset.fingerprint(),
        card={"kind": model.card.get("kind"), "created": model.card.get("created", "")},
        threshold=model.threshold,
    )


class _Pictures:
    """Photos as small data URLs, each made once."""

    def __init__(self, dataset: Dataset):
        self.dataset = dataset
        self.known: dict[str, str] = {}

    def of(self, path: str) -> str:
        if path not in self.known:
            try:
                picture = Image.fromarray(self.dataset.image(path))
            except FingercountError:  # gone or broken since then; the figures do not need it
                return ""
            picture.thumbnail((PICTURE, PICTURE))
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=80)
            coded = base64.b64encode(buffer.getvalue()).decode()
            self.known[path] = f"data:image/jpeg;base64,{coded}"
        return self.known[path]


def _matrix(report: Report) -> list[tuple[str, list[tuple[int, float, bool]]]]:
    """Return (actual, [(count, share of the row, whether right)]) of each row."""
    counts = report.confusion
    totals = counts.sum(1)
    return [
        (
            label,
            [
                (int(n), float(n / totals[a]) if totals[a] else 0.0, a == p)
                for p, n in enumerate(counts[a])
            ],
        )
        for a, label in enumerate(report.classes)
    ]


def _class(case: Case, label: str, pictures: _Pictures) -> dict:
    reasons = explain(case, Focus(label))
    return {
        "label": label,
        **case.report.per_class[label],
        "sentence": class_sentence(case.report, label),
        "found": [
            (reason, [(item, pictures.of(item.path)) for item in reason.items[:OF_A_REASON]])
            for reason in reasons
            if reason.found
        ],
        "absent": [reason for reason in reasons if not reason.found],
    }


def _flat(settings: dict) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in settings.items():
        rows += _flat(value) if isinstance(value, dict) else [(key.replace("_", " "), value)]
    return rows
