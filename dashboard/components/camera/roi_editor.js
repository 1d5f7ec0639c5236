// The square on the video, or the two of them: drag inside to move, at a corner to resize. The
// browser remembers them. Python draws them; this shows dashed ones while they are being dragged.
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
  box.fingercount = { framing, send, pair: data.pair };
  if (!box.fingercountListens) listen(box);
}

function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE));
    const { x, y, size, mirror, pair_y = 0.5, pair_size = 1, two = false } = kept;
    const numbers = { x, y, size, pair_y, pair_size };
    const sound = Object.values(numbers).every(Number.isFinite);
    return sound ? { ...numbers, mirror: Boolean(mirror), two: Boolean(two) } : null;
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

// The same arithmetic as roi.Square.box and two_squares.TwoSquares.at: wholly inside the frame.
function edges(video, { x, y, size }) {
  const side = size * Math.min(video.width, video.height);
  const left = clamp(x * video.width - side / 2, 0, video.width - side);
  const top = clamp(y * video.height - side / 2, 0, video.height - side);
  return { left, top, side };
}

// The share of the shorter edge that each of two squares may have at most.
const room = (video) => Math.min(1, video.width / 2 / Math.min(video.width, video.height));

function squares(video, framing, pair) {
  if (!pair) return [edges(video, framing)];
  const size = Math.max(SMALLEST, framing.pair_size * room(video));
  return [0.25, 0.75].map((x) => edges(video, { x, y: framing.pair_y, size }));
}

function grip(square, x, y) {
  const right = square.left + square.side, bottom = square.top + square.side;
  const inside = x > square.left && x < right && y > square.top && y < bottom;
  const dx = Math.min(Math.abs(x - square.left), Math.abs(x - right));
  const dy = Math.min(Math.abs(y - square.top), Math.abs(y - bottom));
  if (Math.max(dx, dy) < CORNER) return "resize";
  return inside ? "move" : null;
}

// Which square is held there, and how.
function held(video, { framing, pair }, x, y) {
  for (const square of squares(video, framing, pair)) {
    const kind = grip(square, x, y);
    if (kind) return { square, kind };
  }
  return {};
}

// What a drag to x, y makes of the framing that it began with.
function changed(video, drag, x, y) {
  const short = Math.min(video.width, video.height);
  const size = drag.square.side / short;
  const reach = 2 * Math.max(Math.abs(x - drag.middle[0]), Math.abs(y - drag.middle[1])) / short;
  const half = drag.square.side / 2;
  const share = (place, whole) => clamp(place, half, whole - half) / whole;
  const moved = [
    share(drag.middle[0] + x - drag.from[0], video.width),
    share(drag.middle[1] + y - drag.from[1], video.height),
  ];
  const still = [drag.middle[0] / video.width, drag.middle[1] / video.height];
  const [to, side] = drag.kind === "move" ? [moved, size] : [still, reach];
  return drag.pair
    ? { pair_y: to[1], pair_size: clamp(side / room(video), SMALLEST, 1) }
    : { x: to[0], y: to[1], size: clamp(side, SMALLEST, 1) };
}

function listen(box) {
  box.fingercountListens = true;
  let drag = null;
  const ghosts = [0, 1].map(() => {
    const ghost = document.createElement("div");
    ghost.style.cssText =
      "position:fixed;border:2px dashed #00e676;border-radius:4px;pointer-events:none;z-index:999";
    return ghost;
  });

  const at = (event, video) => [event.clientX - video.left, event.clientY - video.top];

  function show(video) {
    squares(video, drag.framing, drag.pair).forEach((square, n) => {
      Object.assign(ghosts[n].style, {
        left: `${video.left + square.left}px`, top: `${video.top + square.top}px`,
        width: `${square.side}px`, height: `${square.side}px`,
      });
      document.body.append(ghosts[n]);
    });
  }

  box.addEventListener("pointerdown", (event) => {
    const video = videoOf(box);
    if (!video || event.button || event.pointerType === "touch") return; // touch scrolls the page
    const [x, y] = at(event, video);
    const { square, kind } = held(video, box.fingercount, x, y);
    if (!kind) return;
    const middle = [square.left + square.side / 2, square.top + square.side / 2];
    const { framing, pair } = box.fingercount;
    drag = { kind, square, from: [x, y], middle, pair, framing: { ...framing } };
    box.setPointerCapture(event.pointerId);
    show(video);
    event.preventDefault();
  });

  box.addEventListener("pointermove", (event) => {
    const video = videoOf(box);
    if (!video) return;
    const [x, y] = at(event, video);
    if (!drag) {
      const { kind } = held(video, box.fingercount, x, y);
      box.style.cursor = { move: "move", resize: "nwse-resize" }[kind] ?? "";
      return;
    }
    Object.assign(drag.framing, changed(video, drag, x, y));
    show(video);
  });

  const end = (event) => {
    if (!drag) return;
    for (const ghost of ghosts) ghost.remove();
    const { framing } = drag;
    drag = null;
    if (event.type === "pointerup") box.fingercount.send(framing);
  };
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end);
}
