// The button that records as long as it is held, by mouse, by touch, or by the Space bar.
export default function ({ data, parentElement, setStateValue }) {
  const button = parentElement.querySelector("button");
  const hold = (parentElement.hold ??= begin(parentElement, button));
  Object.assign(hold, { data, send: (state) => setStateValue("hold", state) });
  hold.draw();
  if (!data.enabled) hold.release();
}

function begin(place, button) {
  const hold = { since: 0 };
  hold.draw = () => {
    const { enabled, label } = hold.data;
    button.disabled = !enabled;
    button.classList.toggle("on", Boolean(hold.since));
    const [what, how] = place.querySelectorAll("span");
    what.textContent = hold.since ? `Recording ${label} …` : `Hold to record ${label}`.trim();
    how.textContent = hold.since ? "let go to stop" : "or hold Space; a tap takes one photo";
  };
  hold.press = () => {
    if (hold.since || !hold.data.enabled) return;
    hold.since = Date.now();
    hold.send({ n: hold.since, down: true });
    hold.draw();
  };
  hold.release = () => {
    if (!hold.since) return;
    const n = hold.since;
    hold.since = 0;
    hold.send({ n, down: false, held: (Date.now() - n) / 1000 });
    hold.draw();
  };

  button.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    button.setPointerCapture(event.pointerId);
    hold.press();
  });
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
    button.addEventListener(kind, hold.release);
  }
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch

  const listen = (target, kind, does) => {
    const once = (event) => (place.isConnected ? does(event) : target.removeEventListener(kind, once, true));
    target.addEventListener(kind, once, true);
  };
  let byTab = false; // whether the keyboard moved the focus to where it is
  listen(document, "pointerdown", () => (byTab = false));
  listen(document, "keydown", (event) => {
    if (event.key === "Tab") byTab = true;
    if (event.key !== " " || !isOurs(event, place, byTab)) return;
    event.preventDefault(); // neither scrolls the page nor presses the button that was used last
    event.stopPropagation();
    if (!event.repeat) hold.press();
  });
  listen(document, "keyup", (event) => {
    if (event.key !== " " || !(hold.since || isOurs(event, place, byTab))) return;
    event.preventDefault();
    hold.release();
  });
  listen(window, "blur", hold.release);
  listen(document, "visibilitychange", () => document.hidden && hold.release());
  listen(window, "beforeunload", (event) => hold.since && event.preventDefault());
  return hold;
}

// Space belongs to what is typed in, to a box that it ticks, and to what the Tab key came to.
function isOurs(event, place, byTab) {
  const target = event.composedPath()[0];
  if (target === document.body || target === document.documentElement) return true;
  if (event.composedPath().includes(place)) return true;
  if (target.closest?.("input, textarea, select, [contenteditable=true], [role=dialog]")) return false;
  return !byTab;
}
