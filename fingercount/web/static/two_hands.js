// Two hands, each made steady by itself, and their sum: as fingercount/live/two_hands.py.

import { Steady } from "./decide.js";
import { labelOfSum, sumOf, wordsOfSum } from "./sums.js";

/** The two streams of two squares, made steady. */
export class TwoHands {
  /** @param about, settings as for Steady */
  constructor(about, settings = {}) {
    this.about = about;
    this.hands = [new Steady(about), new Steady(about)];
    this.together = new Together(0);
    this.tune(settings);
  }

  tune(settings) {
    for (const hand of this.hands) hand.tune(settings);
    this.together.seconds = settings.hold ?? this.about.hold;
  }

  /**
   * Returns what both show at `now`: {label, count, confidence, words, time, committed, hands}, where
   * committed is [left, right] or null, and hands has the reading of each.
   * @param rows the probabilities of the left and of the right square
   */
  update(rows, now) {
    const hands = rows.map((row, n) => this.hands[n].update(row, now));
    const labels = hands.map(({ label }) => label);
    return {
      label: labelOfSum(...labels),
      count: sumOf(...labels, this.about),
      confidence: Math.min(...hands.map(({ confidence }) => confidence)),
      words: wordsOfSum(...labels, this.about),
      time: now,
      committed: this.together.update(...hands, now),
      hands,
    };
  }
}

/** The last pair of held answers, without sums that no pair of hands has shown: while one hand is
 * held and the other still changes, the pair waits, but no longer than an answer must stay. */
class Together {
  constructor(seconds) {
    Object.assign(this, { seconds, committed: null, since: null });
  }

  /** Notes both readings at `now`, in seconds; returns the [left, right] that is committed then. */
  update(left, right, now) {
    if (left.committed === null || right.committed === null) return null;
    const pair = [left.committed, right.committed];
    if (same(pair, this.committed)) {
      this.since = null;
      return this.committed;
    }
    this.since ??= now;
    const settled = same([left.label, right.label], pair);
    if (settled || now - this.since >= this.seconds - 1e-6) {
      Object.assign(this, { committed: pair, since: null });
    }
    return this.committed;
  }
}

const same = (one, other) => other !== null && one.every((label, n) => label === other[n]);
