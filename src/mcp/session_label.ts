/** The `Mcp-Session-Id` that this server issues at `initialize`. It is a label, not a session: its
 *  MAC lets every instance check that the server issued it to this principal, and the server stores
 *  nothing. The label names a conversation, which is only a hint. */
import { bytesToHex, keyed } from "../kernel/hash.ts";
import type { RandomBytes } from "../kernel/random_bytes.ts";

export interface SessionLabels {
  issue(principal: string): string;
  /** The label, if this server issued it to this principal; else null. */
  check(label: string | null, principal: string): string | null;
}

/** `key` is 32 secret bytes, the same on every instance. */
export function sessionLabels(
  key: Uint8Array,
  randomBytes: RandomBytes,
): SessionLabels {
  const sign = (id: string, principal: string) =>
    bytesToHex(keyed(key, `session/${id}/${principal}`)).slice(0, 32);
  return {
    issue(principal) {
      const id = bytesToHex(randomBytes(16));
      return `s_${id}_${sign(id, principal)}`;
    },
    check(label, principal) {
      const [, id, mac] = /^s_([0-9a-f]{32})_([0-9a-f]{32})$/.exec(label ?? "") ?? [];
      // A forged label gains only a wrong hint about the forger's own seats, so the comparison need
      // not take constant time.
      return id !== undefined && mac === sign(id, principal) ? label : null;
    },
  };
}
