/** Values are stored as UTF-8 JSON: half the size of V8's own form for other scripts than Latin,
 *  readable by any client of the database, and checked by a schema when they come back. */
import * as z from "zod";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encode(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Throws when the stored bytes do not fit the schema: a bug or a foreign writer, never a caller's
 *  mistake. */
export function decode<T>(schema: z.ZodType<T>, bytes: unknown): T {
  return schema.parse(JSON.parse(decoder.decode(z.instanceof(Uint8Array).parse(bytes))));
}
