/** A new user on the way from a clone to a game that is verified: the commands of the tutorial's
 *  first page, in a new home and with an empty cache of packages. */
import { blocksOf, keysOf, typedIn } from "../../tests/support/doc_page.ts";
import { Reader } from "../../tests/support/reader.ts";
import type { Figure } from "../figure.ts";

const ROOT = new URL("../../", import.meta.url);
/** Forty words. */
const KEYS_PER_MINUTE = 200;

export async function firstMinutes(): Promise<Figure[]> {
  const page = await Deno.readTextFile(new URL("docs/tutorial/first_game.md", ROOT));
  const cache = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  let waitedMs: number;
  try {
    await using reader = await Reader.at({ DENO_DIR: cache });
    reader.use({ URL: ROOT.pathname });
    const start = performance.now();
    await reader.followAll(page);
    waitedMs = performance.now() - start;
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
  const lines = blocksOf(page).flatMap(({ commands }) => typedIn(commands));
  const keys = keysOf(lines);
  const waited = waitedMs / 1000;
  return [
    { name: "commands from a clone to a verified game", value: lines.length, unit: "" },
    { name: "keys that they take", value: keys, unit: "" },
    { name: "what has to be waited for, packages included", value: waited, unit: "s" },
    {
      name: "all of it, at 200 keys a minute",
      value: keys / KEYS_PER_MINUTE * 60 + waited,
      unit: "s",
      target: { atMost: 180 },
    },
  ];
}
