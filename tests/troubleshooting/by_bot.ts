/** What a channel, and its author, hear of a bot that fails. */
import { Table } from "../../src/cli/bot/table.ts";
import { botFailed, budgetSpent, pausedText } from "../../src/domain/announcements/hooks.ts";
import { CHANNEL_LIMITS } from "../../src/domain/limits/channel.ts";
import { NetPolicy, type NetRules } from "../../src/sandbox/host/net_policy.ts";
import { attachBot } from "../../src/operations/attach_bot.ts";
import { postMessage } from "../../src/operations/post_message.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Said } from "./page.ts";

/** Bodies of `on_message`. */
const FAILING: Record<string, string> = {
  threw: "throw new Error('the deck is empty')",
  out_of_budget: "for (;;);",
  out_of_memory: "const all = []; for (;;) all.push(new Uint8Array(1e6));",
  never_settled: "await new Promise(() => {})",
  "the state is … bytes": "this.ctx.set_state('x'.repeat(50_000))",
  "the body is … bytes": "this.ctx.post('bot', 'x'.repeat(20_000))",
  "contains a sealed value": "this.ctx.post('bot', this.ctx.env.API_KEY)",
};

/** A loop in the engine's own code, which counts no work. */
const STALLING = "[].reverse.call({ length: 2 ** 53 - 1 })";

/** By heading: the reason, and what the entry says beside it. */
export async function saidOfBots(sandbox: Sandbox): Promise<Said> {
  const said: Said = {};
  for (const [heading, body] of Object.entries(FAILING)) {
    said[heading] = [await failureOf(sandbox, body)];
  }
  // The others have the time that a busy machine needs.
  const hasty = await openSandbox({ hosts: 1, hookTimeoutMs: 1_000, lateSpare: true });
  try {
    said.killed = [await failureOf(hasty, STALLING)];
  } finally {
    await hasty.close();
  }
  said.killed.push(pausedText(CHANNEL_LIMITS.killsBeforePause));
  const host = new URL("https://elsewhere.example/");
  const refusals = ["off", "https"].map((schemes) =>
    new NetPolicy(["example.org"], { schemes, denied: [], singleLabels: false } as NetRules)
      .refusal(host)!
  );
  said["A request of a bot fails"] = refusals;
  said["Bots have answered each other often enough"] = [await chatter(sandbox)];
  return said;
}

async function failureOf(sandbox: Sandbox, body: string): Promise<string> {
  const inline_code = `export default class Mine { async on_message({ kind }) {
if (kind === "user") { ${body}; } } }`;
  const env = { API_KEY: "correct-horse/battery+staple" };
  await using table = await Table.open(sandbox, {
    bot: { inline_code, env },
    seats: 1,
    seed: body,
  });
  await table.answer("p1", postMessage, { body: "go" });
  await table.settled();
  const { reason, message, line, after_ms } = (await table.entries()).map(botFailed.in)
    .find((failed) => failed !== undefined)!;
  return JSON.stringify({ reason, message, line, after_ms });
}

/** Two bots that answer each other. */
async function chatter(sandbox: Sandbox): Promise<string> {
  const inline_code =
    "export default class Chatter { on_message() { this.ctx.post('bot', 'hm'); } }";
  await using table = await Table.open(sandbox, {
    bot: { inline_code },
    seats: 1,
    seed: "chatter",
  });
  await table.answer("host", attachBot, { bot: { inline_code } });
  await table.settled();
  return (await table.entries()).map(budgetSpent.in).find((each) => each !== undefined)!.text;
}
