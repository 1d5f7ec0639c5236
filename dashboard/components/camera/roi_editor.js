// The square on the video: drag inside it to move it, at a corner to resize it. The browser
// remembers it. Python draws it; this shows a dashed one while it is being dragged.
const STORE = "fingercount_framing";
const CORNER = 26; // pixels around a corner that resize
const SMALLEST = 0.1;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

export default function ({ data, parentElement, setStateValue }) {
  const box = document.querySelector(`.st-key-${data.page}_camera`);
  const send = (framing) => setStateValue("framing", { ...framing, stamp: Date.now() });
  let { framing } = data;
  if (!window.fingercountFraming) {
    window.fingercountFraming = true;
    const kept = remembered();
    // What Python has already would bring no new call of this.
    if (kept && Object.keys(kept).some((part) => kept[part] !== framing[part])) {
      framing = kept;
      send(kept);
    }
  }
  remember(framing);
  if (!box) return;
  box.fingercount = { framing, send };
  if (!box.fingercountListens) listen(box);
}

function remembered() {
  try {
    const { x, y, size, mirror } = JSON.parse(localStorage.getItem(STORE));
    return [x, y, size].every(Number.isFinite) ? { x, y, size, mirror: Boolean(mirror) } : null;
  } catch {
    return null; // nothing kept, or a browser that keeps nothing
  }
}

function remember(framing) {
  try {
    localStorage.setItem(STORE, JSON.stringify(framing));
  } catch {
    // A browser that keeps nothing still shows the square.
  }
}

// Where the video stands in the window, or null while there is none.
function videoOf(box) {
  const frame = box.querySelector("iframe");
  const video = frame?.contentDocument?.querySelector("video");
  if (!video?.videoWidth) return null;
  const outer = frame.getBoundingClientRect();
  const inner = video.getBoundingClientRect();
  return {
    left: outer.left + inner.left, top: outer.top + inner.top,
    width: inner.width, height: inner.height,
  };
}

// The same arithmetic as roi.Square.box: wholly inside the frame.
function edges(video, { x, y, size }) {
  const side = size * Math.min(video.width, video.height);
  const left = clamp(x * video.width - side / 2, 0, video.width - side);
  const top = clamp(y * video.height - side / 2, 0, video.height - side);
  return { left, top, side };
}

function grip(video, square, x, y) {
  const right = square.left + square.side, bottom = square.top + square.side;
  const dx = Math.min(Math.abs(x - square.left), Math.abs(x - right));
  const dy = Math.min(Math.abs(y - square.top), Math.abs(y - bottom));
  if (Math.max(dx, dy) < CORNER) return "resize";
  const inside = x > square.left && x < right && y > square.top && y < bottom;
  return inside ? "move" : null;
}

function listen(box) {
  box.fingercountListens = true;
  let drag = null;
  const ghost = document.createElement("div");
  ghost.style.cssText =
    "position:fixed;border:2px dashed #00e676;border-radius:4px;pointer-events:none;z-index:999";

  const at = (event, video) => [event.clientX - video.left, event.clientY - video.top];

  function show(video, framing) {
    const square = edges(video, framing);
    Object.assign(ghost.style, {
      left: `${video.left + square.left}px`, top: `${video.top + square.top}px`,
      width: `${square.side}px`, height: `${square.side}px`,
    });
  }

  box.addEventListener("pointerdown", (event) => {
    const video = videoOf(box);
    if (!video || event.button || event.pointerType === "touch") return; // touch scrolls the page
    const [x, y] = at(event, video);
    const square = edges(video, box.fingercount.framing);
    const kind = grip(video, square, x, y);
    if (!kind) return;
    const middle = [square.left + square.side / 2, square.top + square.side / 2];
    drag = { kind, from: [x, y], middle, framing: { ...box.fingercount.framing } };
    box.setPointerCapture(event.pointerId);
    document.body.append(ghost);
    show(video, drag.framing);
    event.preventDefault();
  });

  box.addEventListener("pointermove", (event) => {
    const video = videoOf(box);
    if (!video) return;
    const [x, y] = at(event, video);
    if (!drag) {
      const kind = grip(video, edges(video, box.fingercount.framing), x, y);
      box.style.cursor = { move: "move", resize: "nwse-resize" }[kind] ?? "";
      return;
    }
    const short = Math.min(video.width, video.height);
    if (drag.kind === "move") {
      const half = (drag.framing.size * short) / 2;
      const left = clamp(drag.middle[0] + x - drag.from[0], half, video.width - half);
      const top = clamp(drag.middle[1] + y - drag.from[1], half, video.height - half);
      Object.assign(drag.framing, { x: left / video.width, y: top / video.height });
    } else {
      const reach = Math.max(Math.abs(x - drag.middle[0]), Math.abs(y - drag.middle[1]));
      drag.framing.size = clamp((2 * reach) / short, SMALLEST, 1);
      drag.framing.x = drag.middle[0] / video.width;
      drag.framing.y = drag.middle[1] / video.height;
    }
    show(video, drag.framing);
  });

  const end = (event) => {
    if (!drag) return;
    ghost.remove();
    const { framing } = drag;
    drag = null;
    if (event.type === "pointerup") box.fingercount.send(framing);
  };
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end);
}
