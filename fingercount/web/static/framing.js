// Where hands are held: one square or two on the picture, drawn, dragged and remembered. Here left and
// right are as the viewer sees them, who may see the picture mirrored.

import { remember } from "./remember.js";
import { Square } from "./square.js";
import { FARTHEST, TwoSquares, squaresIn } from "./two_squares.js";

const inside = (value, most = 1) => Math.min(most, Math.max(0, value));

export class Framing {
  #stage;
  #video;
  #shade;
  #edges; // an element for each square
  #size = 1;
  twoHands = false;
  mirrored = false;

  /** @param stage the element that holds the video, the shade around the squares, and two squares */
  constructor(stage) {
    this.#stage = stage;
    this.#video = stage.querySelector("video");
    this.#shade = stage.querySelector(".shade");
    this.#edges = [...stage.querySelectorAll(".square")];
    this.#edges.forEach((edge, n) => {
      edge.addEventListener("pointerdown", (down) => this.#follow(down, edge, n === 0 ? 1 : -1));
    });
  }

  /** The place of all squares as they are seen. */
  get place() {
    const kind = this.twoHands ? TwoSquares : Square;
    const usual = this.twoHands ? [0.25, 0.5] : [0.5, 0.5];
    return new kind(...remember.get(this.#key, usual), this.#size);
  }

  /** The squares, left to right as they are seen, in the camera's own picture. */
  get squares() {
    const { videoWidth, videoHeight } = this.#video;
    const seen = squaresIn(this.place, videoWidth, videoHeight);
    return this.mirrored ? seen.map((square) => square.mirrored) : seen;
  }

  set size(size) {
    this.#size = size;
    this.draw();
  }

  draw() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    const seen = this.#video.srcObject && width ? squaresIn(this.place, width, height) : [];
    const across = (value) => `${(100 * value) / width}%`;
    const down = (value) => `${(100 * value) / height}%`;
    let outline = "0 0, 100% 0, 100% 100%, 0 100%, 0 0";
    this.#edges.forEach((edge, n) => {
      edge.hidden = n >= seen.length;
      if (edge.hidden) return;
      const { left, top, side } = seen[n].box(width, height);
      Object.assign(edge.style, {
        left: across(left), top: down(top), width: across(side), height: down(side),
      });
      const [x, y, right, bottom] = [across(left), down(top), across(left + side), down(top + side)];
      outline += `, ${x} ${y}, ${right} ${y}, ${right} ${bottom}, ${x} ${bottom}, ${x} ${y}, 0 0`;
    });
    this.#shade.hidden = !seen.length;
    this.#shade.style.clipPath = `polygon(evenodd, ${outline})`;
  }

  get #key() {
    return this.twoHands ? "squares" : "square";
  }

  // The other of two squares moves the other way.
  #follow(down, edge, way) {
    const { width, height } = this.#stage.getBoundingClientRect();
    const from = this.place;
    const turn = (event) => {
      const x = from.x + (way * (event.clientX - down.clientX)) / width;
      const y = from.y + (event.clientY - down.clientY) / height;
      remember.set(this.#key, [inside(x, this.twoHands ? FARTHEST : 1), inside(y)]);
      this.draw();
    };
    edge.setPointerCapture(down.pointerId);
    edge.addEventListener("pointermove", turn);
    edge.addEventListener("lostpointercapture", () => edge.removeEventListener("pointermove", turn),
      { once: true });
  }
}
