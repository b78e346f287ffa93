/** The text that a PNG picture carries with it (an iTXt chunk), so that a test can tell whether
 *  what it shows still holds. */
import { crc32 } from "node:zlib";

const KEYWORD = "Description";
const SIGNATURE_BYTES = 8;
/** Length, type and checksum of a chunk. */
const FRAME_BYTES = 12;
const encoder = new TextEncoder();

/** The picture with a text. */
export function withText(png: Uint8Array, text: string): Uint8Array {
  const data = encoder.encode(`${KEYWORD}\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(data.length + FRAME_BYTES);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(encoder.encode("iTXt"), 4);
  chunk.set(data, 8);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, -4)));
  const end = png.length - FRAME_BYTES;
  return new Uint8Array([...png.subarray(0, end), ...chunk, ...png.subarray(end)]);
}

/** The text of a picture; undefined if it carries none. */
export function textIn(png: Uint8Array): string | undefined {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = view.getUint32(at);
    const [type, data] = [png.subarray(at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    const text = new TextDecoder().decode(data);
    const isText = new TextDecoder().decode(type) === "iTXt" && text.startsWith(KEYWORD);
    if (isText) return text.slice(KEYWORD.length + 5);
    at += length + FRAME_BYTES;
  }
  return undefined;
}
