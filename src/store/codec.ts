/** Values are stored as UTF-8 JSON, which any client of the database can read; for text in other
 *  scripts than Latin it takes half the space of V8's serialization. A schema checks every value
 *  that is read. */
import * as z from "zod";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encode(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Throws if the stored bytes do not match the schema. The cause is a bug or a foreign writer, not
 *  the caller. */
export function decode<T>(schema: z.ZodType<T>, bytes: unknown): T {
  return schema.parse(JSON.parse(decoder.decode(z.instanceof(Uint8Array).parse(bytes))));
}
