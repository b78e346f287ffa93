/** Sealed values must not come out of a hook, in any spelling that somebody uses without thinking
 *  of it. Whoever writes a bot can still encode one so that nobody recognises it: that is why its
 *  source is public. */
import type { Json } from "../../kernel/json.ts";
import { BOT_LIMITS } from "../limits/bot.ts";

const WITHHELD = "[withheld: it contains a sealed value]";

export class Sealed {
  /** In lower case. */
  readonly #needles: readonly string[];
  /** In characters, before some of them grow in lower case. No encoding is shorter than what it
   *  encodes. */
  readonly #shortest: number;

  /** Of the values of a bot's env. */
  constructor(values: readonly string[]) {
    const needles = values.flatMap(spellings)
      // As characters, and as their bytes in UTF-8.
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
    // Base64 and hex may stand in lines, or in groups.
    const texts = [text, once, twice, form, twice.replace(/\s+/g, "")];
    return [...new Set(texts)].some((text) => {
      const lower = text.toLowerCase();
      return this.#needles.some((needle) => lower.includes(needle));
    });
  }

  /** Whether a text or number in a JSON value, a key included, has one in it. */
  isInJson(json: Json): boolean {
    if (this.isEmpty) return false;
    if (typeof json === "string") return this.isIn(json);
    if (typeof json === "number") return this.isIn(String(json));
    if (typeof json !== "object" || json === null) return false;
    if (Array.isArray(json)) return json.some((item) => this.isInJson(item));
    return Object.entries(json).some(([key, item]) => this.isIn(key) || this.isInJson(item));
  }

  /** Whatever the encoding of the text that the bytes may be. */
  isInBytes(bytes: Uint8Array): boolean {
    if (this.isEmpty) return false;
    const text = latin1(bytes);
    return this.isIn(text) || text.includes("\0") && this.isIn(text.replaceAll("\0", ""));
  }

  /** The text, or what to say in its place: to mark the place would tell a guesser how close a
   *  guess was. */
  withheld(text: string): string {
    return text !== WITHHELD && this.isIn(text) ? WITHHELD : text;
  }
}

/** So much of a value is looked for: it is as telling as the whole, and bounds what a value can
 *  cost that was made to be slow to find, such as many letters a around one b. */
const NEEDLE_CHARS = 48;

function middle(needle: string): string {
  const from = Math.max(0, Math.floor((needle.length - NEEDLE_CHARS) / 2));
  return needle.slice(from, from + NEEDLE_CHARS);
}

/** How a value reads where all escapes of a text are undone, and in the encodings that have none.
 *  What of it looks like an escape itself is undone with the text around it. */
function spellings(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const once = unescaped(value);
  const plain = [once, unescaped(once)].filter(({ length }) =>
    length >= BOT_LIMITS.envValueMinChars
  );
  return [value, ...plain, bytes.toHex(), ...base64Forms(bytes)];
}

/** What does not depend on the bytes beside it, at each of the three places where base64 may
 *  begin. */
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

/** Of URLs, of JSON and programs, and of HTML; each begins with a character of its own and ends at
 *  once, so that a text is read once whatever is in it. */
const ESCAPES =
  /%([0-9a-f]{2})|\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([^]))|&(?:#x0*([0-9a-f]{1,6})|#0*([0-9]{1,7})|(amp|lt|gt|quot|apos));?/gi;
const CONTROLS: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Each escape as what it stands for, bytes as the character of that code; anything else as it
 *  is. */
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
