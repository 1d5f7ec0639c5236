"""Many values of one setting in one press, and the curve of what they reach."""

from dataclasses import dataclass, field

import streamlit as st
from components.shared.background import Work
from components.shared.charts import sweep_curve
from components.shared.plain import plain
from components.shared.state import sticky_button
from components.train.jobs import latest_job
from components.train.settings_form import keys_of, set_slider

from fingercount.data.dataset import Dataset
from fingercount.training.events import FeatureProgress
from fingercount.training.settings import Settings
from fingercount.training.sweep import NAMES, Tried, as_good, best_of, sweep, values_of

WORDS = {
    "lr": "learning rate",
    "batch_size": "batch size",
    "weight_decay": "weight decay",
    "copies": "changed copies",
}


def word_of(name: str) -> str:
    """Return what a setting is called on the page."""
    return WORDS.get(name, name)


@dataclass
class Sweep:
    """One press: what is tried, and what came out so far.

    Attributes:
        dataset, name, now: the data set's name, the setting's, and what its slider stood at.
        tried: one for each value that is done.
        work: the thread; None until it is started.
    """

    dataset: str
    name: str
    now: float
    tried: list[Tried] = field(default_factory=list)
    work: Work | None = None

    @property
    def running(self) -> bool:
        return self.work is not None and self.work.running

    def start(self, dataset: Dataset, settings: Settings) -> "Sweep":
        """Begin, in a thread."""
        self.work = Work(lambda at: self._run(dataset, settings, at), "The curve")
        return self

    def _run(self, dataset: Dataset, settings: Settings, at) -> list[Tried]:
        total = len(values_of(self.name))
        for event in sweep(dataset, settings, self.name):
            if isinstance(event, FeatureProgress):
                at("The network looks at photo", event.done, event.total)
            else:
                self.tried.append(event)
                at(f"Trained with a {word_of(self.name)} of {event.value:g}:", *self._done(total))
        return self.tried

    def _done(self, total: int) -> tuple[int, int]:
        return len(self.tried), total


@st.cache_resource
def _latest() -> dict[str, Sweep]:
    """Return the sweep that runs or ran last, shared by all viewers."""
    return {}


def show_sweep(dataset: Dataset, settings: Settings) -> None:
    """Show which setting to try, and the curve of the last try of this data set."""
    st.caption(
        "Trains once for each of several values, from low to high, and measures each on the "
        "validation photos. No model is kept; with the photos looked at once, each takes about a "
        "second."
    )
    if settings.mode != "head":
        st.caption("Only where the last layer alone learns: a whole network takes minutes.")
        return
    job, last = latest_job(), _latest().get("sweep")
    busy = bool((job and job.state == "running") or (last and last.running))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Setting",
            NAMES,
            format_func=lambda n: word_of(n).capitalize(),
            key="train_sweep_of",
            width=260,
        )
        pressed = sticky_button(
            f"Try {len(values_of(name))} values",
            key="train_sweep",
            icon=":material/query_stats:",
            disabled=busy,
            seize=lambda: name,
        )
        if last and last.running:
            st.button("Stop", key="train_sweep_stop", on_click=last.work.cancel)
    if pressed and not busy:
        last = Sweep(dataset.name, pressed, value_now(settings, pressed)).start(dataset, settings)
        _latest()["sweep"] = last
        st.rerun()
    if last and last.dataset == dataset.name:
        st.fragment(_show, run_every=0.5 if last.running else None)(last, last.running)


def stop_sweep() -> None:
    """End a sweep: the machine is wanted for a training."""
    last = _latest().get("sweep")
    if last and last.running:
        last.work.cancel()


def value_now(settings: Settings, name: str) -> float:
    """Return what a setting stands at, a transform too."""
    return float(getattr(settings, name, None) or getattr(settings.augment, name, 0.0))


def _show(last: Sweep, was_running: bool) -> None:
    work = last.work
    if work.running:
        st.progress(min(1.0, work.part), text=plain(work.stage))
    elif work.error:
        st.info(plain(work.error))
    if last.tried:
        st.plotly_chart(
            sweep_curve(last.tried, word_of(last.name), last.now),
            key="train_sweep_curve",
            config={"displayModeBar": False},
        )
    if was_running and not work.running:
        st.rerun()
    if last.tried and not work.running:
        best = best_of(last.tried)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(outcome(last.tried, word_of(last.name))))
            if last.name in keys_of("head"):
                st.button(
                    f"Use {best.value:g}",
                    key="train_sweep_use",
                    icon=":material/check:",
                    on_click=set_slider,
                    args=("head", last.name, best.value),
                )


def outcome(tried: list[Tried], word: str) -> str:
    """Say which value is best, and which are as good as far as these photos can tell."""
    best, equal = best_of(tried), as_good(tried)
    low, high = best.interval
    text = (
        f"Best: a {word} of {best.value:g}, right on {best.accuracy:.1%} of {best.n:,} validation "
        f"photos (95 % interval {low:.0%} to {high:.0%})."
    )
    if len(equal) == len(tried) > 1:
        return f"{text} The intervals of all values overlap: it hardly matters."
    if len(equal) > 1:
        values = ", ".join(f"{one.value:g}" for one in equal if one is not best)
        return f"{text} These photos do not tell it apart from {values}."
    return text
