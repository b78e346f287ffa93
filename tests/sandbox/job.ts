/** Jobs for the sandbox tests. */
import type { HookJob, HookOutcome } from "../../src/domain/bot/bot.ts";

/** A job for a JavaScript class called `Bot`; every field can be given otherwise. */
export function job(source: string, fields: Partial<HookJob> = {}): HookJob {
  return {
    source,
    language: "javascript",
    class_name: "Bot",
    hook: "on_init",
    args: [],
    params: {},
    state: null,
    players: [],
    timers: [],
    env: {},
    net: [],
    now_ms: Date.UTC(2026, 10, 23, 12),
    seed: "5a".repeat(32),
    ...fields,
  };
}

/** A job whose `on_init` is these lines: the first one is line 2 of the source. */
export function initJob(body: string, fields: Partial<HookJob> = {}): HookJob {
  return job(
    `export default class Bot { constructor(ctx, params) { this.ctx = ctx; this.params = params; } async on_init() {
${body}
} }`,
    fields,
  );
}

/** The body of the one post of a hook that is done; fails on anything else. */
export function onlyPost(outcome: HookOutcome): Record<string, unknown> {
  if (outcome.kind !== "done" || outcome.posts.length !== 1) {
    throw new Error(`Cannot find the only post: ${JSON.stringify(outcome)}`);
  }
  return outcome.posts[0]!.body;
}

export const ECHO_BOT = `export default class EchoBot {
  static manifest = { summary: "Repeats what is said", net: [] };
  constructor(private ctx: BotContext, private params: Record<string, unknown>) {}
  on_init() { this.ctx.post("system", { text: "Echo ready" }); }
  on_join(player_id: string) {}
  async on_message(msg: Message) {
    if (msg.kind === "user") this.ctx.post("bot", { echo: msg.body });
  }
}
`;
