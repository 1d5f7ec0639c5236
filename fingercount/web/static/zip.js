// A zip of small files as they are: photos do not get smaller by packing.

/**
 * Returns a Blob of a zip.
 * @param files [{name, bytes: Uint8Array}]
 */
export function zipOf(files) {
  const parts = [], list = [];
  let at = 0;
  for (const { name, bytes } of files) {
    const path = new TextEncoder().encode(name), sum = crc32(bytes);
    // Version 2.0, names in UTF-8, stored, 1 January 1980 (the names say when).
    const about = [u16(20), u16(0x800), u16(0), u16(0), u16(0x21), u32(sum),
      u32(bytes.length), u32(bytes.length), u16(path.length), u16(0)];
    const head = [u32(0x04034b50), ...about, path];
    list.push(u32(0x02014b50), u16(20), ...about, u16(0), u16(0), u16(0), u32(0), u32(at), path);
    parts.push(...head, bytes);
    at += lengthOf(head) + bytes.length;
  }
  const size = lengthOf(list);
  const end = [u32(0x06054b50), u16(0), u16(0), u16(files.length), u16(files.length), u32(size),
    u32(at), u16(0)];
  return new Blob([...parts, ...list, ...end], { type: "application/zip" });
}

const lengthOf = (parts) => parts.reduce((sum, part) => sum + part.length, 0);
const u16 = (value) => Uint8Array.of(value & 255, value >> 8);
const u32 = (value) => Uint8Array.of(...[0, 8, 16, 24].map((bits) => (value >>> bits) & 255));

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
