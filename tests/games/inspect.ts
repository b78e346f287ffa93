/** What the sandbox finds in the sources of the built-in bots: `bots/inspected.json`. Run this with
 *  `deno run -A --config=tests/deno.json` after a change of a bot or of `bots/game.ts`. */
import type { InspectedBot } from "../../src/channels/library/bot_catalogue.ts";
import { builtinBots, INSPECTED } from "../../src/compose/builtin_bots.ts";
import { hashText } from "../../src/kernel/hash.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";

/** The text of the file as it should be. */
export async function inspectedText(): Promise<string> {
  const { builtins } = await builtinBots();
  const found: Record<string, InspectedBot> = {};
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000 });
  try {
    for (const [name, source] of [...builtins].toSorted()) {
      const inspection = await sandbox.inspect({ source, again: true });
      if (inspection.kind === "rejected") throw new Error(`${name}: ${inspection.message}`);
      const { language, imports, manifest } = inspection;
      const code_hash = hashText(new TextEncoder().encode(source));
      found[name] = { code_hash, language, imports, manifest };
    }
  } finally {
    await sandbox.close();
  }
  return `${JSON.stringify(found, null, 2)}\n`;
}

if (import.meta.main) {
  await Deno.writeTextFile(INSPECTED, await inspectedText());
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", INSPECTED.pathname] })
    .output();
}
