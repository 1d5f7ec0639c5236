// Two squares side by side, for two hands, as fingercount/imaging/two_squares.py has them.

import { Square } from "./square.js";

const SMALLEST = 0.1;
export const FARTHEST = 0.4; // of the left centre from the edge; closer to the middle is no room

/** Two squares of the same size that never overlap: the centre of the left one as shares of width
 * and height, the right one its mirror image, the side as a share of the largest there is room for. */
export class TwoSquares {
  constructor(x = 0.25, y = 0.5, size = 1) {
    Object.assign(this, { x, y, size });
  }

  /** Returns the left and the right Square in a frame of this size, in pixels. */
  at(width, height) {
    // Within a quarter of the edge the frame's edge keeps a large square off the middle.
    const room = this.x <= 0.25 ? Math.floor(width / 2) : Math.floor(width * (1 - 2 * this.x)) - 1;
    const size = Math.max(SMALLEST, this.size * Math.min(1, room / Math.min(width, height)));
    const left = new Square(this.x, this.y, size);
    return [left, left.mirrored];
  }
}

/** Returns the squares, left to right, that one Square, TwoSquares, or a list of squares means. */
export function squaresIn(place, width, height) {
  if (place instanceof TwoSquares) return place.at(width, height);
  return Array.isArray(place) ? place : [place];
}
