/** Secrets that the server makes for itself at its first start and keeps for ever. */
import * as z from "zod";
import type { RandomBytes } from "../../kernel/random_bytes.ts";
import { keys } from "../keys.ts";

/** 32 bytes under a name. The first caller stores them; later ones, on other instances too, get the
 *  same. */
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
