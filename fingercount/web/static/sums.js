// The answers of two hands added, as fingercount/live/sums.py does: 3 and 5 are 8, and no hand adds
// nothing. An answer is a class, "none" or "not sure".

import { NONE, wordsOf } from "./decide.js";

const PLUS = " + ";

/** How many fingers two answers mean together; null if that cannot be said. */
export function sumOf(left, right, about) {
  const counts = there(left, right).map((answer) => about.counts[answer] ?? null);
  if (!counts.length || counts.includes(null)) return null;
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Two answers as one label: "three + five", or "three" or "none" where hands lack. */
export function labelOfSum(left, right) {
  return there(left, right).join(PLUS) || NONE;
}

/** Two answers as they are shown to a person: "3 + 5 = 8", "3", "3 + not sure". */
export function wordsOfSum(left, right, about) {
  const hands = there(left, right), total = sumOf(left, right, about);
  if (!hands.length) return wordsOf(NONE, about);
  const words = hands.map((answer) => wordsOf(answer, about)).join(PLUS);
  return total === null || hands.length === 1 ? words : `${words} = ${total}`;
}

const there = (...answers) => answers.filter((answer) => answer !== NONE);
