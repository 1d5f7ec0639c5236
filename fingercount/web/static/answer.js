// What the hands show: the count large, and a bar for each answer of each hand.

import { wordsOf } from "./decide.js";
import { wordsOfSum } from "./sums.js";

/** Makes a row of bars for each class, one bar for each hand. */
export function makeBars(bars, about, twoHands) {
  const sides = twoHands ? ["Left", "Right"] : [""];
  const heads = twoHands ? [element("span"), ...sides.map((side) => element("span", side, "head"))] : [];
  bars.replaceChildren(...heads, ...about.classes.flatMap((label) => {
    const name = element("span", wordsOf(label, { counts: {} }));
    return [name, ...sides.flatMap((_, hand) => {
      const bar = element("i");
      Object.assign(bar.dataset, { label, hand });
      bar.append(element("b"));
      return [bar, element("span", "", "share")];
    })];
  }));
  bars.classList.toggle("two", twoHands);
}

/** Shows a reading of one hand or of two; null shows that there is none. */
export function showAnswer(answer, bars, reading, about) {
  const words = reading ? saidBy(reading, about) : "–";
  if (answer.textContent !== words) answer.textContent = words;
  answer.classList.toggle("sum", words.includes("+"));
  answer.classList.toggle("words", /[a-z]/i.test(words));
  const hands = reading?.hands ?? [reading];
  for (const bar of bars.querySelectorAll("i")) {
    const share = hands[bar.dataset.hand]?.probabilities[bar.dataset.label] ?? 0;
    bar.firstChild.style.width = `${100 * share}%`;
    bar.nextElementSibling.textContent = reading ? `${Math.round(100 * share)} %` : "";
  }
}

// What is read aloud and seen is what is held; until then, what is seen now.
function saidBy({ hands, committed, words }, about) {
  if (committed === null) return words;
  return hands ? wordsOfSum(...committed, about) : wordsOf(committed, about);
}

function element(kind, text = "", name = "") {
  return Object.assign(document.createElement(kind), { textContent: text, className: name });
}
