"""What a possible reason says, and which errors it is asked about."""

from dataclasses import dataclass, field

from fingercount.text import percent


@dataclass(frozen=True)
class Suspect:
    """A photo that a reason points at. score: 0 to 1, higher is clearer. note: a few words."""

    path: str
    score: float
    note: str = ""


@dataclass(frozen=True)
class Reason:
    """One possible reason, tested on the person's own photos.

    Attributes:
        name: one of "labels", "copies", "variety", "conditions", "shift".
        found: whether the photos show it by more than chance.
        share: part of the chosen errors that it accounts for, 0 to 1; 0 if it was not found.
        sentence: what was seen, with numbers; also if nothing was found.
        advice: what to do; empty if nothing was found.
        items: its photos, the clearest first.
        details: numbers behind the sentence, for figures; "untold" if its share is not known.
    """

    name: str
    found: bool
    share: float
    sentence: str
    advice: str = ""
    items: list[Suspect] = field(default_factory=list)
    details: dict = field(default_factory=dict)

    @property
    def weight(self) -> str:
        """How much it matters, in words."""
        if self.details.get("untold"):
            return "what it costs is not known"
        if self.share < 0.005:
            return "these photos show no cost"
        words = percent(self.share)
        words = f"about {words}" if words[0].isdigit() else words
        if "accuracy_by_sitting" in self.details:
            return f"hides {words} of the errors that new sessions would show"
        return f"{words} of these errors"

    def to_json(self) -> dict:
        return {
            "name": self.name,
            "found": self.found,
            "share": self.share,
            "weight": self.weight if self.found else "",
            "sentence": self.sentence,
            "advice": self.advice,
            "items": [
                {"path": item.path, "score": item.score, "note": item.note} for item in self.items
            ],
            "details": self.details,
        }


def absent(name: str, sentence: str, **details) -> Reason:
    """Return a reason that was looked for and not found, or could not be looked for."""
    return Reason(name, False, 0.0, sentence, details=details)


@dataclass(frozen=True)
class Focus:
    """The errors to explain: those of a class, or those of one cell of the matrix.

    A class's errors are its photos that were called something else, and other photos that were
    called by its name.
    """

    actual: str
    predicted: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        return (self.actual,) if self.predicted is None else (self.actual, self.predicted)

    def holds(self, actual: str, predicted: str) -> bool:
        """Return whether a photo is one of these errors."""
        if actual == predicted:
            return False
        if self.predicted is None:
            return self.actual in (actual, predicted)
        return (self.actual, self.predicted) == (actual, predicted)

    def __str__(self) -> str:
        if self.predicted is None:
            return self.actual
        return f"{self.actual} called {self.predicted}"
