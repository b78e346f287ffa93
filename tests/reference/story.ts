/** One call of each operation, and what the real services answered: a short story in a channel in
 *  memory. Clock and randomness are given, so every run tells the same. */
import { bytesFrom } from "../../src/cli/bot/table.ts";
import { builtinBots } from "../../src/compose/builtin_bots.ts";
import { openStore } from "../../src/compose/open_store.ts";
import { channelsOn } from "../../src/compose/services.ts";
import { guestPrincipal, personPrincipal } from "../../src/domain/channel/principal.ts";
import { operationNamed } from "../../src/operations/all.ts";
import { Invocation, perform } from "../../src/operations/perform.ts";
import type { Exchange } from "../../src/domain/bot/evidence.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";

export interface Told {
  input: Record<string, unknown>;
  answer: Record<string, unknown>;
}

/** A bot whose one request the story answers. */
const ASKER = `export default class Asker {
  static manifest = { summary: "Asks a site for the time", net: ["example.org"] };
  async on_message({ kind }) {
    if (kind !== "user") return;
    const { time } = await (await fetch("https://example.org/time")).json();
    console.log("the time is", time);
    this.ctx.post("bot", { time });
  }
}
`;
const EXCHANGE: Exchange = {
  request: {
    kind: "fetch",
    method: "GET",
    url: "https://example.org/time",
    headers: [],
    body: null,
  },
  answer: {
    kind: "fetched",
    url: "https://example.org/time",
    status: 200,
    headers: [["content-type", "application/json"]],
    body: btoa('{"time":"noon"}'),
  },
};

const BEGIN_MS = Date.UTC(2026, 11, 1, 12);

/** The first call of each operation, by name. */
export async function story(sandbox: Sandbox): Promise<Map<string, Told>> {
  const { kv, close } = await openStore(":memory:", () => {});
  /** No hook begins while a call is answered, so that no answer depends on which is faster. */
  const gates = [Promise.withResolvers<void>()];
  let isOpen = false;
  let nowMs = BEGIN_MS;
  const opened = await channelsOn({
    kv,
    sandbox: {
      inspect: (bot, context) => sandbox.inspect(bot, context),
      engine: (language) => sandbox.engine(language),
      ready: () => sandbox.ready(),
      figures: () => sandbox.figures(),
      close: () => sandbox.close(),
      run: async (job, context) => {
        if (context?.key?.channelId && !context.recorded) await gates.at(-1)!.promise;
        return await sandbox.run(job, { recorded: [EXCHANGE], ...context });
      },
    },
    shared: false,
    guests: true,
    ...await builtinBots(),
    publicUrl: "https://play.example.org",
    log() {},
    now: () => new Date(nowMs),
    nowMs: () => nowMs,
    randomBytes: bytesFrom("reference"),
  });
  const told = new Map<string, Told>();
  const callers = {
    host: { principal: guestPrincipal("host"), conversation: null },
    alice: { principal: personPrincipal("github", 1), conversation: null },
    bob: { principal: guestPrincipal("bob"), conversation: null },
  };
  /** A second after the call before. */
  // deno-lint-ignore no-explicit-any -- each operation declares its answer
  const call = async (who: keyof typeof callers, name: string, input: any = {}): Promise<any> => {
    nowMs += 1_000;
    if (isOpen) gates.push(Promise.withResolvers());
    isOpen = false;
    const performed = await perform(
      new Invocation(operationNamed.get(name)!, input),
      {
        caller: callers[who],
        services: opened.services,
        signal: AbortSignal.timeout(60_000),
      },
      (_level, _event, fields) => {
        throw new Error(JSON.stringify(fields));
      },
    );
    if (performed.kind === "refused") throw performed.refusal;
    const { output } = performed.answer;
    if (!told.has(name) || name === "debug_bot") {
      told.set(name, { input, answer: structuredClone(output) });
    }
    return output;
  };
  /** Resolves once the bots of a channel have read everything. */
  const settled = async (channel_id: string) => {
    isOpen = true;
    gates.at(-1)!.resolve();
    const access = { caller: callers.host, channelId: channel_id, rejoinHash: null };
    for (;;) {
      const { state: { head } } = await opened.services.channels.look(access);
      if (Object.values(head.cursors).every((cursor) => cursor >= head.size)) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  try {
    await tell(call, settled);
    return told;
  } finally {
    gates.at(-1)!.resolve();
    opened.release();
    await opened.close();
    close();
  }
}

// deno-lint-ignore no-explicit-any -- as above
type Calling = (who: "host" | "alice" | "bob", name: string, input?: any) => Promise<any>;

async function tell(call: Calling, settled: (channel_id: string) => Promise<void>): Promise<void> {
  await call("host", "health_check");
  await call("host", "list_bots");
  const { channel_id, invites } = await call("host", "create_channel", {
    name: "Noughts and crosses",
    slots: ["bot:referee", "invite:alice", "invite:bob"],
    bot_preset: "TicTacToe",
  });
  await settled(channel_id);
  await call("alice", "join_channel", { invite_code: invites[0], display_name: "Alice" });
  await call("bob", "join_channel", { invite_code: invites[1], display_name: "Bob" });
  await settled(channel_id);
  await call("alice", "post_message", { channel_id, body: "Good luck!" });
  await settled(channel_id);
  const { game, legal_moves } = await call("alice", "wait_for_turn", { channel_id });
  await call("alice", "make_game_move", { channel_id, game, ...legal_moves[4] });
  await settled(channel_id);
  await call("bob", "sync_messages", { channel_id, cursor: 9, timeout_ms: 0 });
  await call("bob", "show_board", { channel_id });
  await call("bob", "get_channel_info", { channel_id });
  const { bots: [{ bot_id }] } = await call("bob", "get_channel_info", { channel_id });
  await call("bob", "get_bot_code", { channel_id, bot_id });
  await call("bob", "get_proof", { channel_id, id: 2, since: 1 });
  await call("bob", "export_channel", { channel_id });
  await call("bob", "verify_channel", { channel_id });

  const value = { bid: 7 };
  const { commit, salt } = await call("alice", "make_commitment", { value });
  await call("bob", "check_commitment", { commit, value, salt });

  const asker = await call("host", "attach_bot", { channel_id, bot_code: ASKER });
  await settled(channel_id);
  await call("bob", "post_message", { channel_id, body: "What time is it?" });
  await settled(channel_id);
  const { messages } = await call("host", "sync_messages", { channel_id, last: 5, timeout_ms: 0 });
  // deno-lint-ignore no-explicit-any -- as above
  const evidence = messages.find(({ body }: any) => body?.type === "bot:evidence");
  const [{ answer: { body_hash } }] = evidence.body.exchanges;
  await call("host", "get_evidence", { channel_id, msg_id: evidence.id, body_hash });
  // All members are told of the first look, the bot too: the second one is told of nothing.
  await call("host", "debug_bot", { channel_id, bot_id: asker.bot_id });
  await settled(channel_id);
  await call("host", "debug_bot", { channel_id, bot_id: asker.bot_id });
  await call("host", "update_channel", {
    channel_id,
    ops: [{ type: "rename", name: "Tic-tac-toe" }, { type: "remove_bot", bot_id: asker.bot_id }],
  });
  await call("host", "list_channels");
  await call("bob", "leave_channel", { channel_id });
  await call("alice", "find_match", { bot_preset: "ConnectFour", timeout_ms: 0 });
  await call("alice", "leaderboard", { ladder: "TicTacToe" });
}
