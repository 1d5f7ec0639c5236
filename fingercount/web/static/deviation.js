// How far two ways to run the same network are apart, by pictures that need no file.

const SIDE = 64, BLOCKS = [1, 4, 8, 16]; // pixels: noise, and ever coarser patterns

/**
 * Returns the largest difference in probability; NaN where one answers with no number.
 * @param ask given ({rgb, height, width}, way), returns {probabilities} of each photo
 */
export async function deviation(ask, one, other) {
  const photos = { rgb: pictures(), height: SIDE, width: SIDE };
  const ours = await ask(photos, one), theirs = await ask(photos, other);
  // Math.max keeps a NaN, as a comparison would not.
  return Math.max(...ours.flatMap(({ probabilities }, n) =>
    Array.from(probabilities, (p, i) => Math.abs(p - theirs[n].probabilities[i]))));
}

function pictures() {
  const rgb = new Uint8Array(BLOCKS.length * SIDE * SIDE * 3);
  let at = 0;
  for (const block of BLOCKS) {
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const cell = Math.floor(y / block) * SIDE + Math.floor(x / block);
        for (let channel = 1; channel <= 3; channel++) rgb[at++] = mixed(channel * 4099 + cell);
      }
    }
  }
  return rgb;
}

// A number of 0 to 255 without a pattern, the same each time.
function mixed(number) {
  let value = Math.imul(number ^ (number >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) & 255;
}
