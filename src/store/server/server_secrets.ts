/** Secrets that the server generates at its first start and never changes. */
import * as z from "zod";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { keys } from "../keys.ts";

/** The secret of a name, 32 bytes. The first caller generates and stores it; every later caller, in
 *  any process, gets the same. */
export async function serverSecret(
  kv: Deno.Kv,
  name: string,
  randomBytes: RandomBytes,
): Promise<Uint8Array> {
  const key = keys.serverSecret(name);
  for (;;) {
    const stored = await kv.get(key);
    if (stored.value !== null) return z.instanceof(Uint8Array).parse(stored.value);
    await kv.atomic().check(stored).set(key, randomBytes(32)).commit();
  }
}
