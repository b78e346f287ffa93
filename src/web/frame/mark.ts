/** The product's mark: two players at a table. Drawn once as shapes, shown as SVG in pages and as a
 *  PNG in `favicon.ico`. */
import { crc32, deflateSync } from "node:zlib";

/** The side of the square, in its own units. */
const SIDE = 32;

type Rgb = readonly [red: number, green: number, blue: number];
const GROUND: Rgb = [0x2f, 0x6f, 0x5e];
const FIGURE: Rgb = [0xfa, 0xf9, 0xf6];

/** A rectangle with round corners; a circle is one whose corners meet. */
interface Shape {
  x: number;
  y: number;
  width: number;
  height: number;
  radius: number;
  colour: Rgb;
}

/** From the back to the front. */
const SHAPES: readonly Shape[] = [
  { x: 0, y: 0, width: SIDE, height: SIDE, radius: 7, colour: GROUND },
  { x: 5, y: 7, width: 9, height: 9, radius: 4.5, colour: FIGURE },
  { x: 18, y: 7, width: 9, height: 9, radius: 4.5, colour: FIGURE },
  { x: 4, y: 19, width: 24, height: 3, radius: 1.5, colour: FIGURE },
  { x: 14.5, y: 21, width: 3, height: 6, radius: 1.5, colour: FIGURE },
];

const hex = (rgb: Rgb) => `#${new Uint8Array(rgb).toHex()}`;

const DRAWN = SHAPES.map(({ x, y, width, height, radius, colour }) =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${
    hex(colour)
  }"/>`
).join("");
const VIEW = `viewBox="0 0 ${SIDE} ${SIDE}"`;

/** An element for a page. */
export const MARK_ELEMENT = `<svg ${VIEW} aria-hidden="true">${DRAWN}</svg>`;

/** An SVG file. */
export const MARK_SVG = `<svg xmlns="http://www.w3.org/2000/svg" ${VIEW}>${DRAWN}</svg>`;

/** An icon file with one PNG picture, for programs that read no SVG. */
export function markIco(pixels = 64): Uint8Array<ArrayBuffer> {
  const png = markPng(pixels);
  const header = new DataView(new ArrayBuffer(22));
  header.setUint16(2, 1, true); // an icon
  header.setUint16(4, 1, true); // with one picture
  header.setUint8(6, pixels);
  header.setUint8(7, pixels);
  header.setUint16(10, 1, true);
  header.setUint16(12, 32, true); // bits for each pixel
  header.setUint32(14, png.length, true);
  header.setUint32(18, header.byteLength, true);
  return joined([new Uint8Array(header.buffer), png]);
}

/** A PNG file (RFC 2083). */
function markPng(pixels: number): Uint8Array<ArrayBuffer> {
  const row = 1 + 4 * pixels; // each begins with its filter: none
  const raw = new Uint8Array(row * pixels);
  for (let y = 0; y < pixels; y++) {
    for (let x = 0; x < pixels; x++) raw.set(pixelAt(x, y, pixels), y * row + 1 + 4 * x);
  }
  const size = new DataView(new ArrayBuffer(13));
  size.setUint32(0, pixels);
  size.setUint32(4, pixels);
  size.setUint16(8, 0x0806); // eight bits for each of red, green, blue and alpha
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", new Uint8Array(size.buffer)),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", new Uint8Array()),
  ]);
}

/** Points of a pixel along each side that are tried for smooth edges. */
const SAMPLES = 4;

/** Red, green, blue and alpha of one pixel: the mean of its points. */
function pixelAt(x: number, y: number, pixels: number): number[] {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let i = 0; i < SAMPLES ** 2; i++) {
    const at = (pixel: number, sample: number) =>
      (pixel + (sample + 0.5) / SAMPLES) * SIDE / pixels;
    const shape = shapeAt(at(x, i % SAMPLES), at(y, Math.floor(i / SAMPLES)));
    if (!shape) continue;
    covered++;
    shape.colour.forEach((value, j) => sum[j]! += value);
  }
  const alpha = Math.round(255 * covered / SAMPLES ** 2);
  return [...sum.map((value) => covered === 0 ? 0 : Math.round(value / covered)), alpha];
}

/** The foremost shape that covers a point. */
function shapeAt(px: number, py: number): Shape | undefined {
  return SHAPES.findLast(({ x, y, width, height, radius }) => {
    const dx = Math.max(x + radius - px, px - (x + width - radius), 0);
    const dy = Math.max(y + radius - py, py - (y + height - radius), 0);
    return Math.hypot(dx, dy) <= radius;
  });
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const typed = joined([new TextEncoder().encode(type), data]);
  const [length, check] = [new DataView(new ArrayBuffer(4)), new DataView(new ArrayBuffer(4))];
  length.setUint32(0, data.length);
  check.setUint32(0, crc32(typed));
  return joined([new Uint8Array(length.buffer), typed, new Uint8Array(check.buffer)]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
