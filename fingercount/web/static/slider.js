// A slider that shows its value, as seconds or a share, and remembers it.

import { remember } from "./remember.js";

/**
 * @param input a range with an <output> after it; in seconds where data-seconds is set
 * @param otherwise its value at the first visit
 * @param changed called with the value, now and whenever it changes
 */
export function slider(input, otherwise, changed) {
  const shown = input.nextElementSibling;
  const show = () => {
    const value = Number(input.value);
    shown.textContent = "seconds" in input.dataset
      ? `${value.toFixed(1)} s` : `${Math.round(100 * value)} %`;
    changed(value);
  };
  input.value = remember.get(input.id, otherwise);
  input.addEventListener("input", () => {
    remember.set(input.id, Number(input.value));
    show();
  });
  show();
}
