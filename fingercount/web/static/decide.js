// From probabilities to the answer a person sees, and from single answers to steady counts: the same
// as fingercount/models/decision.py and fingercount/live/ in Python, which a test compares.

export const NONE = "none", NOT_SURE = "not sure";

/** The probability of no hand, from one photo's probabilities. */
export function noHand(probabilities, classes) {
  const place = classes.indexOf(NONE);
  if (place >= 0) return probabilities[place];
  return Math.max(0, 1 - probabilities.reduce((sum, p) => sum + p, 0));
}

/**
 * The most probable class, or "none" or "not sure" where a number would be a guess.
 * @param probabilities in the order of about.classes
 * @param about what model.json says: {classes, threshold, no_hand}
 */
export function answerOf(probabilities, about, threshold = about.threshold) {
  const best = highest(probabilities), empty = noHand(probabilities, about.classes);
  if (about.classes[best] === NONE || empty > probabilities[best]) return NONE;
  const guess = empty > about.no_hand || probabilities[best] < threshold;
  return guess ? NOT_SURE : about.classes[best];
}

/** An answer as it is shown to a person: a count as a digit, none as "no hand". */
export function wordsOf(answer, about) {
  const count = about.counts[answer] ?? null;
  if (count !== null) return String(count);
  return answer === NONE ? "no hand" : answer;
}

function highest(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** The mean over the last moments, so that one odd frame causes no flicker. */
export class Smoother {
  /** @param seconds how far back the mean reaches; 0 smooths nothing */
  constructor(seconds) {
    this.seconds = seconds;
    this.seen = [];
  }

  /** Returns the smoothed probabilities at `now`, in seconds. */
  update(probabilities, now) {
    while (this.seen.length && this.seen[0].at <= now - this.seconds) this.seen.shift();
    this.seen.push({ at: now, probabilities });
    return Array.from(probabilities, (_, i) =>
      this.seen.reduce((sum, one) => sum + one.probabilities[i], 0) / this.seen.length);
  }
}

/** The last answer that was held long enough; what a hand shows on its way does not count. */
export class Debouncer {
  /** @param seconds how long an answer must stay; 0 commits each at once */
  constructor(seconds) {
    this.seconds = seconds;
    this.committed = null;
  }

  /** Notes what is answered at `now`, in seconds; returns what is committed then. */
  update(answer, now) {
    if (answer !== this.answer) Object.assign(this, { answer, since: now });
    // A little slack: sums of frame times are not exact.
    if (now - this.since >= this.seconds - 1e-6) this.committed = answer;
    return this.committed;
  }
}

/** Whether a second hand is there, once that holds. */
class SecondHand {
  /** @param about what model.json says: {second_hand: {sure, smooth, hold}} */
  constructor({ second_hand: { sure, smooth, hold } }) {
    Object.assign(this, { sure, smoother: new Smoother(smooth), debouncer: new Debouncer(hold) });
  }

  /** Notes the probability of a second hand at `now`, in seconds; null is not known. */
  update(probability, now) {
    if (probability === null) return false;
    const [mean] = this.smoother.update([probability], now);
    return this.debouncer.update(mean > this.sure ? "two" : "one", now) === "two";
  }
}

/** Single answers of one stream, made steady. */
export class Steady {
  /**
   * @param about what model.json says
   * @param settings {smooth, hold: seconds, threshold}; may be changed at any time with `tune`
   */
  constructor(about, settings = {}) {
    this.about = about;
    this.smoother = new Smoother(0);
    this.debouncer = new Debouncer(0);
    this.secondHand = new SecondHand(about);
    this.tune(settings);
  }

  tune({ smooth = this.about.smooth, hold = this.about.hold, threshold = this.about.threshold }) {
    this.smoother.seconds = smooth;
    this.debouncer.seconds = hold;
    this.threshold = threshold;
  }

  /**
   * Returns what the stream shows at `now`, for its newest frame.
   * @param probabilities of each class
   * @param second the probability of a second hand, or null where that is not known
   */
  update(probabilities, now, second = null) {
    const smooth = this.smoother.update(probabilities, now);
    const reading = readingOf(smooth, this.about, this.threshold);
    const secondHand = this.secondHand.update(second, now) && reading.label !== NONE;
    const committed = this.debouncer.update(reading.label, now);
    return { ...reading, time: now, committed, secondHand };
  }
}

/** What a person or a program is told: {label, count, confidence, words, probabilities}. */
export function readingOf(probabilities, about, threshold = about.threshold) {
  const label = answerOf(probabilities, about, threshold);
  return {
    label,
    count: about.counts[label] ?? null,
    confidence: Math.max(...probabilities),
    words: wordsOf(label, about),
    probabilities: Object.fromEntries(about.classes.map((name, i) => [name, probabilities[i]])),
  };
}
