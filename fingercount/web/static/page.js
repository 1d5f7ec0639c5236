// The page: Live's little sister.

import { Counter, Square, Steady } from "./fingercount.js";
import { drawn } from "./square.js";
import { zipOf } from "./zip.js";

const at = (id) => document.getElementById(id);
const video = at("video"), stage = at("stage"), hint = at("hint");
const TROUBLE = {
  NotAllowedError: "This page may not use the camera. Allow it in the browser, then press Start.",
  NotFoundError: "The browser found no camera. Connect one, then press Start.",
  NotReadableError: "The camera is in use. Close what uses it, then press Start.",
};

let counter, steady, running, latest;
let place = new Square(0.5, 0.5, 1); // as the viewer sees the frame

// A browser that keeps nothing still counts.
const remember = {
  get(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(`fingercount_${key}`)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`fingercount_${key}`, JSON.stringify(value));
    } catch {}
  },
};

// --- getting ready ---------------------------------------------------------------------------

/** Keeps the page for later, and reloads it once so that its threads may share memory. */
async function settle() {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  try {
    await active(await workers.register("sw.js")); // all files are kept from here on
    if (self.crossOriginIsolated || sessionStorage.getItem("settled")) return;
    sessionStorage.setItem("settled", "yes");
    if (!workers.controller) {
      await new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
    }
    location.reload();
    await new Promise(() => {}); // the page goes
  } catch {
    // Without it the page counts as well, with one thread and a network.
  }
}

/** Waits until a service worker is at work; fails where a file of the page is not there. */
function active(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return Promise.resolve();
  return new Promise((done, fail) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") done();
      if (worker.state === "redundant") fail(new Error("The page cannot be kept."));
    });
  });
}

async function prepare() {
  say("Getting the model. It is kept for the next time.");
  await settle();
  counter = await Counter.load(new URL("model/", import.meta.url));
  const { about } = counter;
  steady = new Steady(about);
  for (const name of ["threshold", "smooth", "hold"]) slider(name, about[name], retune);
  slider("size", 1, (value) => move(new Square(place.x, place.y, value)));
  showBars(about.classes);
  showLabels(about.classes);
  at("start").disabled = false;
  say("Press Start, and hold your hand in the square. No picture leaves this browser.");
}

function say(words) {
  hint.hidden = !words;
  hint.textContent = words ?? "";
}

function slider(name, otherwise, changed) {
  const input = at(name), shown = input.nextElementSibling;
  const show = () => {
    const value = Number(input.value);
    shown.textContent = name === "smooth" || name === "hold"
      ? `${value.toFixed(1)} s` : `${Math.round(100 * value)} %`;
  };
  input.value = remember.get(name, otherwise);
  input.addEventListener("input", () => {
    remember.set(name, Number(input.value));
    show();
    changed(Number(input.value));
  });
  show();
  changed(Number(input.value));
}

function retune() {
  const [smooth, hold, threshold] = ["smooth", "hold", "threshold"].map((n) => Number(at(n).value));
  steady.tune({ smooth, hold, threshold });
}

// --- the camera ------------------------------------------------------------------------------

async function start() {
  stop();
  const ending = new AbortController();
  running = ending;
  at("start").disabled = true;
  say("Waiting for the camera …");
  try {
    const stream = await openCamera();
    if (ending.signal.aborted) return stream.getTracks().forEach((track) => track.stop());
    video.srcObject = stream;
    await video.play();
  } catch (error) {
    stop(TROUBLE[error.name] ?? `The camera did not start (${error.name}).`);
    if (!navigator.mediaDevices) say("Browsers allow the camera only on https or localhost pages.");
    return;
  }
  at("stop").disabled = false;
  say();
  stage.style.aspectRatio = `${video.videoWidth} / ${video.videoHeight}`;
  at("square").hidden = false;
  drawSquare();
  await listCameras();
  count(ending.signal).catch((error) => stop(`The model stopped: ${error.message}`));
}

async function openCamera() {
  const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
  const id = remember.get("camera");
  const wanted = id ? { ...video, deviceId: { exact: id } } : { ...video, facingMode: "user" };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: wanted });
  } catch (error) {
    if (error.name !== "OverconstrainedError") throw error;
    return navigator.mediaDevices.getUserMedia({ video });
  }
}

function stop(why) {
  running?.abort();
  running = latest = null;
  video.srcObject?.getTracks().forEach((track) => track.stop());
  video.srcObject = null;
  at("start").disabled = !counter;
  at("stop").disabled = true;
  at("square").hidden = true;
  at("speed").textContent = "";
  showAnswer(null);
  say(why ?? "Press Start, and hold your hand in the square.");
}

async function listCameras() {
  const chooser = at("camera"), devices = await navigator.mediaDevices.enumerateDevices();
  const cameras = devices.filter(({ kind, deviceId }) => kind === "videoinput" && deviceId);
  chooser.replaceChildren(...cameras.map(({ deviceId, label }, n) => {
    return Object.assign(new Option(label || `Camera ${n + 1}`, deviceId));
  }));
  chooser.value = video.srcObject?.getVideoTracks()[0].getSettings().deviceId ?? "";
  chooser.hidden = cameras.length < 2;
}

// --- counting --------------------------------------------------------------------------------

async function count(signal) {
  const times = [];
  const square = () => (mirrored() ? place.mirrored : place);
  for await (const reading of counter.readings(video, { square, steady, signal })) {
    latest = reading;
    showAnswer(reading);
    times.push(performance.now());
    while (times[0] < times.at(-1) - 2000) times.shift();
    const rate = times.length > 1 ? (1000 * (times.length - 1)) / (times.at(-1) - times[0]) : 0;
    const threads = counter.network.threads;
    at("speed").textContent =
      `${Math.round(rate)} answers per second, ${threads} thread${threads > 1 ? "s" : ""}`;
  }
}

function showAnswer(reading) {
  const answer = at("answer");
  // What is read aloud and seen is what is held; until then, what is seen now.
  const label = reading?.committed ?? reading?.label;
  const words = reading ? wordsFor(label) : "–";
  if (answer.textContent !== words) answer.textContent = words;
  answer.classList.toggle("words", words.length > 2);
  for (const row of at("bars").querySelectorAll("i")) {
    const share = reading?.probabilities[row.dataset.label] ?? 0;
    row.firstChild.style.width = `${100 * share}%`;
    row.nextElementSibling.textContent = reading ? `${Math.round(100 * share)} %` : "";
  }
  for (const button of at("labels").children) button.disabled = !reading;
}

function wordsFor(label) {
  const number = counter.about.counts[label] ?? null;
  return number === null ? shown(label) : String(number);
}

const shown = (label) => (label === "none" ? "no hand" : label);

function showBars(classes) {
  const rows = classes.flatMap((label) => {
    const name = document.createElement("span"), bar = document.createElement("i");
    const share = document.createElement("span");
    name.textContent = shown(label);
    share.className = "share";
    bar.dataset.label = label;
    bar.append(document.createElement("b"));
    return [name, bar, share];
  });
  at("bars").replaceChildren(...rows);
}

// --- the square ------------------------------------------------------------------------------

const mirrored = () => at("mirror").checked;

function move(square) {
  place = square;
  remember.set("square", [place.x, place.y]);
  drawSquare();
}

function drawSquare() {
  if (!video.videoWidth) return;
  const { videoWidth: width, videoHeight: height } = video;
  const { left, top, side } = place.box(width, height);
  Object.assign(at("square").style, {
    left: `${(100 * left) / width}%`, top: `${(100 * top) / height}%`,
    width: `${(100 * side) / width}%`, height: `${(100 * side) / height}%`,
  });
}

function followDrag(down) {
  const { width, height } = stage.getBoundingClientRect();
  const from = place, square = at("square");
  const turn = (event) => {
    const inside = (value) => Math.min(1, Math.max(0, value));
    move(new Square(
      inside(from.x + (event.clientX - down.clientX) / width),
      inside(from.y + (event.clientY - down.clientY) / height),
      from.size,
    ));
  };
  square.setPointerCapture(down.pointerId);
  square.addEventListener("pointermove", turn);
  square.addEventListener("lostpointercapture", () => square.removeEventListener("pointermove", turn),
    { once: true });
}

// --- photos that were answered wrongly --------------------------------------------------------

const wrong = [];
const session = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");

function showLabels(classes) {
  at("labels").replaceChildren(...classes.map((label) => {
    const button = document.createElement("button");
    button.textContent = shown(label);
    button.disabled = true;
    button.addEventListener("click", () => note(label));
    return button;
  }));
}

async function note(label) {
  if (!latest || !video.videoWidth) return;
  const crop = drawn(video, mirrored() ? place.mirrored : place);
  const photo = await new Promise((done) => crop.toBlob(done, "image/jpeg", 0.95));
  const number = String(wrong.length + 1).padStart(4, "0");
  const name = `${label}/${session}-${number}.jpg`;
  wrong.push({ name, bytes: new Uint8Array(await photo.arrayBuffer()) });
  at("noted").textContent =
    `Noted: ${shown(label)}. ${wrong.length} photo${wrong.length > 1 ? "s" : ""}, kept until this ` +
    "page is closed. Save them, and import the zip into fingercount.";
  at("noted").hidden = at("save").hidden = false;
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(zipOf(wrong));
  link.download = `fingercount-${session}.zip`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// ---------------------------------------------------------------------------------------------

at("start").addEventListener("click", start);
at("stop").addEventListener("click", () => stop());
at("save").addEventListener("click", save);
at("square").addEventListener("pointerdown", followDrag);
at("mirror").addEventListener("change", () => {
  remember.set("mirror", mirrored());
  stage.classList.toggle("mirrored", mirrored());
});
at("camera").addEventListener("change", () => {
  remember.set("camera", at("camera").value);
  start();
});
addEventListener("beforeunload", (event) => wrong.length && event.preventDefault());
at("mirror").checked = remember.get("mirror", true);
stage.classList.toggle("mirrored", mirrored());
const [x, y] = remember.get("square", [0.5, 0.5]);
place = new Square(x, y, 1);
prepare().catch((error) => say(`The model did not load: ${error.message}`));
