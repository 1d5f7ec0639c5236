// The page: Live's little sister.

import { makeBars, showAnswer } from "./answer.js";
import { adviceOn, listCameras, startCamera, stopCamera } from "./camera.js";
import { Counter, Steady, TwoHands } from "./fingercount.js";
import { Framing } from "./framing.js";
import { keepPage } from "./offline.js";
import { howMany, keepPhoto, makeLabels, savePhotos } from "./photos.js";
import { remember } from "./remember.js";
import { slider } from "./slider.js";

const TWO_HANDS = "Two hands are here. Show one, or tick Two hands.";
const at = (id) => document.getElementById(id);
const video = at("video"), stage = at("stage"), hint = at("hint");
const framing = new Framing(stage);

let counter, steady; // what counts, and how answers become steady
let running = null, counting = null; // what ends the camera, and what ends the counting
const settings = {};

async function prepare() {
  say("Getting the model. It is kept for the next time.");
  await keepPage();
  counter = await Counter.load(new URL("model/", import.meta.url));
  for (const name of ["threshold", "smooth", "hold"]) {
    slider(at(name), counter.about[name], (value) => {
      settings[name] = value;
      steady?.tune(settings);
    });
  }
  slider(at("size"), 1, (size) => (framing.size = size));
  lookAt(at("two").checked);
}

function say(words) {
  hint.hidden = !words;
  hint.textContent = words ?? "";
}

/** Looks for one hand or for two from now on. */
function lookAt(twoHands) {
  framing.twoHands = twoHands;
  framing.draw();
  if (!counter) return;
  makeBars(at("bars"), counter.about, twoHands);
  makeLabels(at("labels"), counter.classes, twoHands, note);
  running ? restart() : stop();
}

// --- the camera ------------------------------------------------------------------------------

async function start() {
  stop();
  const ending = (running = new AbortController());
  at("start").disabled = true;
  say("Waiting for the camera …");
  try {
    await startCamera(video, ending.signal);
  } catch (error) {
    return stop(adviceOn(error));
  }
  if (ending.signal.aborted) return;
  at("stop").disabled = false;
  say();
  stage.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  framing.draw();
  await listCameras(at("camera"), video);
  if (running === ending) restart();
}

function stop(why) {
  running?.abort();
  counting?.abort();
  running = counting = null;
  stopCamera(video);
  framing.draw();
  at("start").disabled = !counter;
  at("stop").disabled = true;
  at("speed").textContent = "";
  show(null);
  const hands = framing.twoHands ? "a hand in each square" : "your hand in the square";
  say(why ?? `Press Start, and hold ${hands}. No picture leaves this browser.`);
}

// --- counting --------------------------------------------------------------------------------

function restart() {
  counting?.abort();
  counting = new AbortController();
  const { twoHands } = framing;
  steady = new (twoHands ? TwoHands : Steady)(counter.about, settings);
  count(twoHands, counting.signal).catch((error) => stop(`The model stopped: ${error.message}`));
}

async function count(twoHands, signal) {
  const times = [], square = () => framing.squares;
  for await (const reading of counter.readings(video, { twoHands, square, steady, signal })) {
    show(reading);
    times.push(performance.now());
    while (times[0] < times.at(-1) - 2000) times.shift();
    const rate = times.length > 1 ? (1000 * (times.length - 1)) / (times.at(-1) - times[0]) : 0;
    const many = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
    at("speed").textContent =
      `${many(Math.round(rate), "answer")} per second, ${many(counter.network.threads, "thread")}`;
  }
}

function show(reading) {
  showAnswer(at("answer"), at("bars"), reading, counter?.about);
  const advice = reading?.secondHand ? TWO_HANDS : "";
  if (at("advice").textContent !== advice) at("advice").textContent = advice;
  for (const button of at("labels").querySelectorAll("button")) button.disabled = !reading;
}

async function note(label, hand, side) {
  if (!video.videoWidth) return;
  at("noted").textContent = await keepPhoto(video, framing.squares[hand], label, side);
  at("noted").hidden = at("save").hidden = false;
}

// ---------------------------------------------------------------------------------------------

/** Follows a box that is ticked or not, and remembers it. */
function tick(name, otherwise, changed) {
  at(name).checked = remember.get(name, otherwise);
  at(name).addEventListener("change", () => {
    remember.set(name, at(name).checked);
    changed(at(name).checked);
  });
  changed(at(name).checked);
}

at("start").addEventListener("click", start);
at("stop").addEventListener("click", () => stop());
at("save").addEventListener("click", savePhotos);
at("camera").addEventListener("change", () => {
  remember.set("camera", at("camera").value);
  start();
});
addEventListener("beforeunload", (event) => howMany() && event.preventDefault());
tick("mirror", true, (mirrored) => {
  framing.mirrored = mirrored;
  stage.classList.toggle("mirrored", mirrored);
});
tick("two", false, lookAt);
prepare().catch((error) => say(`The model did not load: ${error.message}`));
