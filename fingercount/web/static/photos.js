// Photos that were answered wrongly, with the right answer, as a zip that `import` takes.

import { wordsOf } from "./decide.js";
import { drawn } from "./square.js";
import { zipOf } from "./zip.js";

const session = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
const wrong = [];

export const howMany = () => wrong.length;

/**
 * Makes a button for each class, for one hand or for each of two.
 * @param note called with (label, number of the square that shows it, "" or its name)
 */
export function makeLabels(place, classes, twoHands, note) {
  const sides = twoHands ? ["left", "right"] : [""];
  place.replaceChildren(...sides.flatMap((side, hand) => {
    const row = document.createElement("div"), asked = document.createElement("p");
    asked.textContent = twoHands ? `The hand in the ${side} square is …` : "It is …";
    row.className = "row";
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", asked.textContent);
    row.append(...classes.map((label) => {
      const button = document.createElement("button");
      button.textContent = shown(label);
      button.addEventListener("click", () => note(label, hand, side));
      return button;
    }));
    return [asked, row];
  }));
}

/** Keeps what is in a square now; returns what to tell about it. */
export async function keepPhoto(video, square, label, side) {
  const crop = drawn(video, square);
  const photo = await new Promise((done) => crop.toBlob(done, "image/jpeg", 0.95));
  // Numbered once its bytes are there, so that two quick clicks do not take the same number.
  const bytes = new Uint8Array(await photo.arrayBuffer());
  const number = String(wrong.length + 1).padStart(4, "0");
  wrong.push({ name: `${label}/${session}-${number}.jpg`, bytes });
  return `Noted: ${shown(label)}${side && ` in the ${side} square`}. ${wrong.length} ` +
    `photo${wrong.length > 1 ? "s" : ""}, kept until this page is closed. Save them, and import the ` +
    "zip into fingercount.";
}

export function savePhotos() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(zipOf(wrong));
  link.download = `fingercount-${session}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const shown = (label) => wordsOf(label, { counts: {} });
