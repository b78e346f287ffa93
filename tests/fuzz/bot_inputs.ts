/** Bots that can't be attached: they pass every schema, and the sandbox or the domain rejects
 *  them. */
import fc from "fast-check";
import { BOT_LIMITS } from "../../src/domain/limits/bot.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { ECHO_BOT } from "../sandbox/job.ts";
import type { BadCall } from "./bad_calls.ts";
import { nastyText } from "./hostile_parts.ts";
import type { Channels } from "./people.ts";

const good = { inline_code: ECHO_BOT, slot: "s5" };

export function badBots(world: Channels): fc.Arbitrary<BadCall> {
  const noise = nastyText.map((text) => text.slice(0, 40)).filter((text) => text.isWellFormed());
  const bot = fc.oneof<fc.Arbitrary<Record<string, unknown>>[]>(
    noise.map((text) => ({ inline_code: `class {${text}` })),
    noise.map((text) => ({ code_ref: `builtin://${text}` })),
    noise.map((text) => ({ code_ref: text })),
    noise.map((text) => ({ ...good, slot: `s99${text}` })),
    fc.constantFrom<Record<string, unknown>>(
      {},
      { ...good, slot: "s0" }, // taken
      { ...good, slot: "s1" }, // an invite slot
      { ...good, code_ref: "builtin://EchoBot" },
      { ...good, env: { A: "0123456789abcdef" }, env_redacted: { A: "0123456789abcdef" } },
      { ...good, manifest: { net: "all" } },
      { ...good, manifest: { net: ["127.0.0.1"] } },
      { ...good, manifest: { net: Array(CHANNEL_LIMITS.netHosts + 1).fill("a.example") } },
      { ...good, manifest: { a: "x".repeat(BOT_LIMITS.botManifestBytes) } },
      { ...good, manifest: { a: "\ud800" } },
      { ...good, params: { a: "x".repeat(BOT_LIMITS.botParamsBytes) } },
      { ...good, params: { a: "\ud800" } },
      { inline_code: `${ECHO_BOT}//${"x".repeat(BOT_LIMITS.botSourceBytes)}` },
      { inline_code: "" },
      { inline_code: "export default 5" },
      { inline_code: "class A {} class B {}", language: "python" },
    ),
  );
  const fresh = fc.noBias(fc.nat(1e9)); // makes a new source
  return fc.tuple(bot, fresh, fc.constantFrom("attach", "set", "sealed")).map(([bot, n, how]) => {
    const { inline_code } = bot;
    const def = { ...bot, ...(inline_code === ECHO_BOT && { inline_code: `${ECHO_BOT}// ${n}` }) };
    const { room: channel_id, host: who } = world;
    const call = (name: string, input: unknown) => ({ name, body: JSON.stringify(input), who });
    if (how === "attach") return call("attach_bot", { channel_id, bot: def });
    const { slot: slot_id, ...bot_def } = def as { slot?: string };
    if (how === "set") {
      // A taken bot slot may be replaced.
      const slot = slot_id === "s0" ? "s1" : slot_id?.slice(0, 10);
      return call("update_channel", {
        channel_id,
        ops: [{ type: "set_bot", slot_id: slot, bot_def }],
      });
    }
    const slots = ["bot:a", "invite:b"];
    const bots = [{ ...def, ...(slot_id === "s5" ? { slot: "s0" } : {}) }];
    return call("create_channel", { name: "x", slots, bots, sealed: true });
  });
}
