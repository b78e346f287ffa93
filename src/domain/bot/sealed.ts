/** Finds sealed values in the output of a hook, in every spelling that programs use by default, so
 *  that no hook reveals one by accident. The author of a bot can still encode a value beyond
 *  recognition: that is why a bot's source is public. */
import type { Json } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";

const WITHHELD = "[withheld: it contains a sealed value]";

export class Sealed {
  /** In lower case. */
  readonly #needles: readonly string[];
  /** In characters, before conversion to lower case, which lengthens some of them. No encoding is
   *  shorter than the text that it encodes. */
  readonly #shortest: number;

  /** Takes the values of a bot's env. */
  constructor(values: readonly string[]) {
    const needles = values.flatMap(spellings)
      // Both as characters and as their UTF-8 bytes.
      .flatMap((needle) => [needle, latin1(new TextEncoder().encode(needle))]);
    this.#needles = [...new Set(needles.map((needle) => middle(needle.toLowerCase())))];
    this.#shortest = Math.min(NEEDLE_CHARS, ...needles.map(({ length }) => length));
  }

  get isEmpty(): boolean {
    return this.#needles.length === 0;
  }

  isIn(text: string): boolean {
    if (this.isEmpty || text.length < this.#shortest) return false;
    const once = unescaped(text);
    const twice = once === text ? text : unescaped(once);
    const form = text.includes("+") ? unescaped(text.replaceAll("+", " ")) : once;
    // Base64 and hex may be broken into lines or groups.
    const texts = [text, once, twice, form, twice.replace(/\s+/g, "")];
    return [...new Set(texts)].some((text) => {
      const lower = text.toLowerCase();
      return this.#needles.some((needle) => lower.includes(needle));
    });
  }

  /** Whether any text, number or key in a JSON value contains a sealed value. */
  isInJson(json: Json): boolean {
    if (this.isEmpty) return false;
    if (typeof json === "string") return this.isIn(json);
    if (typeof json === "number") return this.isIn(String(json));
    if (typeof json !== "object" || json === null) return false;
    if (Array.isArray(json)) return json.some((item) => this.isInJson(item));
    return Object.entries(json).some(([key, item]) => this.isIn(key) || this.isInJson(item));
  }

  /** Whether bytes contain a sealed value, in any common text encoding. */
  isInBytes(bytes: Uint8Array): boolean {
    if (this.isEmpty) return false;
    const text = latin1(bytes);
    return this.isIn(text) || text.includes("\0") && this.isIn(text.replaceAll("\0", ""));
  }

  /** The text, or a replacement when it contains a sealed value. The replacement does not mark the
   *  place: that would show a guesser how close a guess was. */
  withheld(text: string): string {
    return text !== WITHHELD && this.isIn(text) ? WITHHELD : text;
  }
}

/** The search looks for this many characters of a value. They identify the value as well as all of
 *  it would, and they bound the cost of a value that was made to be slow to find, such as many
 *  letters a around one b. */
const NEEDLE_CHARS = 48;

function middle(needle: string): string {
  const from = Math.max(0, Math.floor((needle.length - NEEDLE_CHARS) / 2));
  return needle.slice(from, from + NEEDLE_CHARS);
}

/** The forms of a value: as it is when all escapes of a text are decoded, and in the encodings that
 *  have no escapes. Parts of the value that look like escapes themselves are decoded together with
 *  the text around them. */
function spellings(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const once = unescaped(value);
  const plain = [once, unescaped(once)].filter(({ length }) =>
    length >= BOT_LIMITS.envValueMinChars
  );
  return [value, ...plain, bytes.toHex(), ...base64Forms(bytes)];
}

/** The base64 characters that do not depend on neighbouring bytes, for each of the three
 *  alignments. */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].flatMap((before) => {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const own = padded.toBase64().slice(
      Math.ceil(before * 8 / 6),
      Math.floor(padded.length * 8 / 6),
    );
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** The escapes of URLs, of JSON and programs, and of HTML. Each kind begins with its own character
 *  and has a bounded length, so that any text is read only once. */
const ESCAPES =
  /%([0-9a-f]{2})|\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([^]))|&(?:#x0*([0-9a-f]{1,6})|#0*([0-9]{1,7})|(amp|lt|gt|quot|apos));?/gi;
const CONTROLS: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Decodes each escape; a byte becomes the character with its code. Leaves everything else
 *  unchanged. */
function unescaped(text: string): string {
  return text.replace(ESCAPES, (whole, percent, unit, byte, single, hex, decimal, name) => {
    if (single !== undefined) return CONTROLS[single] ?? single;
    if (name !== undefined) return NAMED[name.toLowerCase()]!;
    const code = decimal === undefined
      ? parseInt(percent ?? unit ?? byte ?? hex, 16)
      : Number(decimal);
    if (hex === undefined && decimal === undefined) return String.fromCharCode(code);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8_192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  }
  return text;
}
