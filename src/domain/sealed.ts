/** Sealed values must not come out of a hook, in any spelling that somebody uses without thinking of it. Whoever writes
 *  a bot can still encode one so that nobody recognises it: that is why its source is public. */
import type { Json } from "./json.ts";

const WITHHELD = "[withheld: it contains a sealed value]";

export class Sealed {
  /** In lower case. */
  readonly #needles: readonly string[];

  /** Of the values of a bot's env. */
  constructor(values: readonly string[]) {
    const needles = values.flatMap(spellings)
      // As characters, and as their bytes in UTF-8.
      .flatMap((needle) => [needle, latin1(new TextEncoder().encode(needle))]);
    this.#needles = [...new Set(needles.map((needle) => middle(needle.toLowerCase())))];
  }

  get isEmpty(): boolean {
    return this.#needles.length === 0;
  }

  isIn(text: string): boolean {
    if (this.isEmpty) return false;
    const once = percentDecoded(text);
    const form = percentDecoded(text.replaceAll("+", " "));
    const texts = [text, once, percentDecoded(once), form];
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

  /** The text, or what to say in its place: to mark the place would tell a guesser how close a guess was. */
  withheld(text: string): string {
    return text !== WITHHELD && this.isIn(text) ? WITHHELD : text;
  }
}

/** So much of a value is looked for: it is as telling as the whole, and bounds what a value can cost that was made to be
 *  slow to find, such as many letters a around one b. */
const NEEDLE_CHARS = 48;

function middle(needle: string): string {
  const from = Math.max(0, Math.floor((needle.length - NEEDLE_CHARS) / 2));
  return needle.slice(from, from + NEEDLE_CHARS);
}

/** How programs write a value without being asked to; percent-encoding is undone where it is looked for. */
function spellings(value: string): string[] {
  const bytes = new TextEncoder().encode(value);
  const json = JSON.stringify(value).slice(1, -1);
  const html = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [
    value,
    json,
    json.replaceAll("/", "\\/"),
    html,
    html.replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
    value.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
    bytes.toHex(),
    ...base64Forms(bytes),
  ];
}

/** What does not depend on the bytes beside it, at each of the three places where base64 may begin. */
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

/** Each `%XX` as the character of that code; anything else as it is. */
function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8_192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8_192));
  }
  return text;
}
