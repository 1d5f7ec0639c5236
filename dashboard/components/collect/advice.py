"""What the photos of a data set lack most, in one sentence."""

from components.shared.background import Work
from components.shared.plain import plain

from fingercount.data.dataset import Dataset
from fingercount.data.folder_memory import Memory
from fingercount.data.variety import find_advice

_works: Memory[Work] = Memory(8)


def advice(dataset: Dataset) -> str | None:
    """Return one sentence for `st.caption` on what does not vary in the photos; None without one.

    Photos are read in a thread of their own, each once. Where that takes longer than a moment,
    there is advice when the page is drawn next.
    """
    listing = dataset.listing()
    # What has not changed is the same listing, so nothing is looked at again.
    work = _works.get(
        listing.root, listing, lambda: Work(lambda at: find_advice(listing), "Advice")
    )
    said = work.soon().result
    return plain(said) if said else None
