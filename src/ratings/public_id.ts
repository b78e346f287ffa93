/** The id under which a person appears on ladders: always the same one, and nobody without this
 *  server's secret can tell from it who the person is. */
import { derive } from "../kernel/hash.ts";

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const CHARS = 10;

export function publicIds(secret: Uint8Array): (principal: string) => string {
  return (principal) => {
    const bytes = derive(secret, new TextEncoder().encode(principal), "mcp-multiplayer/player-id");
    const chars = [...bytes.subarray(0, CHARS)].map((byte) => LETTERS[byte % LETTERS.length]);
    return `player-${chars.join("")}`;
  };
}
