// The square to hold the hand in, as fingercount/imaging/roi.py has it.

/** A square in a frame of any size: its centre as shares of width and height, its side of the
 * shorter edge. */
export class Square {
  constructor(x = 0.5, y = 0.5, size = 1) {
    Object.assign(this, { x, y, size });
  }

  /** The same place in a frame whose left and right are swapped. */
  get mirrored() {
    return new Square(1 - this.x, this.y, this.size);
  }

  /** Returns {left, top, side} in pixels: a square, wholly inside the frame. */
  box(width, height) {
    const side = Math.max(1, roundEven(this.size * Math.min(width, height)));
    const inside = (value, most) => Math.min(Math.max(roundEven(value), 0), most);
    return {
      left: inside(this.x * width - side / 2, width - side),
      top: inside(this.y * height - side / 2, height - side),
      side,
    };
  }
}

// As Python rounds: a half to the even number.
function roundEven(value) {
  const below = Math.floor(value), part = value - below;
  return part === 0.5 ? below + (below % 2 === 0 ? 0 : 1) : Math.round(value);
}

let canvas, pen; // one for all, so that a frame costs no new memory

/**
 * Returns a canvas with what is in a square of a picture; the next call draws on the same one.
 * @param picture a video, image, canvas or ImageBitmap
 * @param square where; without one, the whole picture
 */
export function drawn(picture, square = null) {
  const [width, height] = sizeOf(picture);
  const { left, top, side } = square ? square.box(width, height) : { left: 0, top: 0 };
  const [w, h] = square ? [side, side] : [width, height];
  canvas ??= document.createElement("canvas");
  pen ??= canvas.getContext("2d", { willReadFrequently: true });
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  pen.fillStyle = "white"; // what is see-through shows white
  pen.fillRect(0, 0, w, h);
  pen.drawImage(picture, left, top, w, h, 0, 0, w, h);
  return canvas;
}

/**
 * Returns the pixels in squares of the same size of a picture, one square after the other:
 * {rgb, height, width}, 8 bits, red first.
 * @param picture, squares each as for `drawn`
 */
export function pixelsOf(picture, squares = [null]) {
  let rgb, height, width, to = 0;
  for (const square of squares) {
    const { width: w, height: h } = drawn(picture, square);
    rgb ??= new Uint8Array(squares.length * w * h * 3);
    [width, height] = [width ?? w, height ?? h];
    if (w !== width || h !== height) throw new Error("The squares must have the same size.");
    const rgba = pen.getImageData(0, 0, w, h).data;
    for (let from = 0; from < rgba.length; from += 4) {
      rgb[to++] = rgba[from];
      rgb[to++] = rgba[from + 1];
      rgb[to++] = rgba[from + 2];
    }
  }
  return { rgb, height, width };
}

/** Returns [width, height] of a picture in pixels. */
export function sizeOf(picture) {
  const width = picture.videoWidth || picture.naturalWidth || picture.width;
  const height = picture.videoHeight || picture.naturalHeight || picture.height;
  if (!width || !height) throw new Error("There is no picture yet: wait for the video to play.");
  return [width, height];
}
