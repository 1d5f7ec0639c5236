// The map of all photos: points on a canvas, a picture on hover, a lasso by dragging.
const REACH = 12; // pixels from a point at which its picture shows

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".map");
  const canvas = root.querySelector("canvas");
  const tip = root.querySelector(".tip");
  const state = (parentElement.map ??= { path: [], atlas: new Image() });
  Object.assign(state, { data, setStateValue });
  if (state.atlas.src !== data.atlas) state.atlas.src = data.atlas;
  showLegend(root.querySelector(".legend"), data);

  const place = (n) => [
    16 + (data.x[n] / 1000) * (canvas.clientWidth - 32),
    16 + (data.y[n] / 1000) * (canvas.clientHeight - 32),
  ];

  function draw() {
    const scale = window.devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const size = data.x.length > 3000 ? 2.2 : 3.6;
    for (let n = 0; n < data.x.length; n++) {
      const [x, y] = place(n);
      pen.globalAlpha = data.faint[n] ? 0.35 : 0.95;
      pen.fillStyle = data.colors[data.group[n]];
      pen.beginPath();
      pen.arc(x, y, size, 0, 7);
      pen.fill();
    }
    if (state.path.length > 1) {
      pen.globalAlpha = 1;
      pen.strokeStyle = getComputedStyle(canvas).color;
      pen.setLineDash([5, 4]);
      pen.beginPath();
      state.path.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.closePath();
      pen.stroke();
    }
  }

  function nearest(x, y) {
    let best = -1, distance = REACH * REACH;
    for (let n = 0; n < data.x.length; n++) {
      const [px, py] = place(n);
      const d = (px - x) ** 2 + (py - y) ** 2;
      if (d < distance) [best, distance] = [n, d];
    }
    return best;
  }

  function showTip(x, y) {
    const n = nearest(x, y);
    tip.hidden = n < 0;
    if (n < 0) return;
    const side = 96, column = n % data.columns, row = Math.floor(n / data.columns);
    const picture = tip.querySelector("div");
    const rows = Math.ceil(data.x.length / data.columns);
    picture.style.backgroundImage = `url(${data.atlas})`;
    picture.style.backgroundSize = `${side * data.columns}px ${side * rows}px`;
    picture.style.backgroundPosition = `${-side * column}px ${-side * row}px`;
    tip.querySelector("span").textContent = data.words[n];
    tip.style.left = `${Math.min(x + 14, canvas.clientWidth - 120)}px`;
    tip.style.top = `${Math.min(y + 14, canvas.clientHeight - 140)}px`;
  }

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    tip.hidden = true;
    state.drawing = true;
    state.path = [at(event)];
  };
  canvas.onpointermove = (event) => {
    if (!state.drawing) return showTip(...at(event));
    state.path.push(at(event));
    draw();
  };
  canvas.onpointerleave = () => (tip.hidden = true);
  canvas.onpointerup = () => {
    state.drawing = false;
    const picked = [];
    if (state.path.length > 8) {
      for (let n = 0; n < data.x.length; n++) if (inside(place(n), state.path)) picked.push(n);
    } else {
      const n = nearest(...state.path[0]);
      state.path = [];
      if (n >= 0) picked.push(n);
    }
    draw();
    setStateValue("picked", { stamp: data.stamp, places: picked });
  };

  draw();
  state.watch?.disconnect();
  state.watch = new ResizeObserver(draw);
  state.watch.observe(canvas);
  return () => state.watch.disconnect();
}

function inside([x, y], path) {
  let odd = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [xi, yi] = path[i], [xj, yj] = path[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}

function showLegend(legend, data) {
  legend.replaceChildren(
    ...data.names.map((name, n) => {
      const entry = document.createElement("span");
      const dot = document.createElement("i");
      dot.style.background = data.colors[n];
      entry.append(dot, name);
      return entry;
    }),
  );
}
