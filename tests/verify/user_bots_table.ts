/** Channels with user-written bots (user_bots/), and the members' steps in each. */
import assert from "node:assert/strict";
import type { Player, Wire } from "../support/player.ts";
import { ofType } from "../support/player.ts";
import type { WebServer } from "../support/web_server.ts";

/** A step of a member. `leaves`: Bob leaves the channel for good. */
type Step = { by?: "bob"; say: Record<string, unknown>; whispers?: true } | "leaves";

export interface Table {
  bots: string[];
  steps: Step[];
  /** Types of bodies that must arrive before the last post. */
  hears?: string[];
  /** By class: why its hooks are not replayed. */
  notReplayable?: Record<string, string>;
  /** The members who may not read every entry that the bots read. */
  mayNotRead?: readonly ("alice" | "bob")[];
}

export const SECRET = "kappa-tau-9137-omega";
const SEALED = "the bot has sealed values";
const say = (say: Record<string, unknown>): Step => ({ say });
const bobSays = (say: Record<string, unknown>): Step => ({ by: "bob", say });
const TRIPS = ["throw", "undefined", "stack", "late", "cycle", "many", "memory", "loop"];

const WHISPERED: Step[] = [
  say({ bid: 3 }),
  { by: "bob", say: { bid: 5 }, whispers: true },
  say({ bid: 4 }),
  bobSays({ done: true }),
];

export const TABLES: Record<string, (site: WebServer) => Table> = {
  "board games": () => ({
    bots: ["tic_tac_toe.ts", "tic_tac_toe.py", "chess_table.js", "hangman.py"],
    steps: [
      say({ move: 0, letter: "a" }),
      bobSays({ move: 4, letter: "n" }),
      say({ move: 1 }),
      bobSays({ move: 1 }),
      bobSays({ move: 5 }),
      say({ move: 2 }),
    ],
    hears: ["bot:end"],
  }),
  "dice and auctions": () => ({
    bots: ["dice.js", "dice.py", "auction.js", "auction.py"],
    steps: [say({ dice: 3, bid: 12 }), bobSays({ bid: 15, dice: 40 }), bobSays({ bid: 3 })],
    hears: ["sold"],
  }),
  "time, timers, workspace, members": () => ({
    bots: [
      ...["alarms.ts", "alarms.py", "scratch.js", "scratch.py"],
      ...["clock.js", "clock.py", "roster.js", "roster.py"],
    ],
    steps: [say({ wake: 3 }), bobSays({ ä: "☂", n: 1e21 }), "leaves", say({ wake: 0 })],
    hears: ["woke first", "woke again", "woke third", "tick 3", "went", "py_went"],
  }),
  "errors, and bots that answer each other": () => ({
    bots: ["clumsy.js", "clumsy.py", "ping.js", "pong.py"],
    steps: [...TRIPS, "wait", "text"].map((trip) => say({ trip })),
  }),
  "a bot that never falls silent": () => ({
    bots: ["chatterbox.js", "pong.py"],
    steps: [say({ hello: "you" })],
  }),
  "the web, sealed values, modules": ({ origin }) => ({
    bots: ["fetcher.js", "fetcher.py", "keeper.js", "keeper.py", "stamp.ts"],
    steps: [say({ site: origin }), bobSays({ site: origin, then: "throw" }), say({ b: [1] })],
    hears: ["asked", "py_asked"],
    notReplayable: { Keeper: SEALED, PyKeeper: SEALED },
  }),
  "a whisper to the bots": () => ({
    bots: ["sealed_bids.py"],
    steps: WHISPERED,
    mayNotRead: ["alice"],
  }),
  "bots that whisper": () => ({
    bots: ["dealer.ts", "sealed_bids.py"],
    steps: WHISPERED,
    mayNotRead: ["alice", "bob"],
  }),
};

/** A bot's definition for create_channel. */
export async function botFrom(file: string, site: WebServer): Promise<Record<string, unknown>> {
  const source = await Deno.readTextFile(new URL(`user_bots/${file}`, import.meta.url));
  const asksWeb = file.startsWith("fetcher");
  return {
    inline_code: source,
    language: { js: "javascript", ts: "typescript", py: "python" }[file.slice(-2)],
    ...(asksWeb && { manifest: { net: [site.host] } }),
    ...(file.startsWith("keeper") && { env: { API_KEY: SECRET } }),
  };
}

/** Plays the steps of a table, then waits until every active bot has answered the last post.
 *  Returns all messages that Alice has read. */
export async function play(
  { steps, hears = [], bots }: Table,
  alice: Player,
  bob: Player,
): Promise<Wire[]> {
  const read: Wire[] = [];
  const readUntil = async (isEnough: () => boolean) => {
    // Enough rounds for bots that use up their budget on a busy machine.
    for (let waits = 0; !isEnough(); waits++) {
      assert.ok(waits < 500, `nothing more came: ${JSON.stringify(read.slice(-5))}`);
      const { messages, cursor } = await alice.call("sync_messages", {
        channel_id: alice.channel_id,
        cursor: alice.cursor,
        timeout_ms: 20_000,
      });
      alice.cursor = cursor;
      read.push(...messages);
    }
  };
  /** Whether every bot has answered an entry, failed on it, or ended. */
  const answeredBy = (id: number) =>
    new Set(
      read.filter(({ cause, body }) => cause === id || body?.type === "bot:end")
        .map(({ sender, body }) => sender === "system" ? body.bot_id : sender.slice("bot:".length)),
    ).size >= bots.length;
  for (const step of steps) {
    const player = step !== "leaves" && step.by !== "bob" ? alice : bob;
    const { channel_id } = player;
    if (step === "leaves") await player.call("leave_channel", { channel_id });
    else {
      const to = step.whispers && { to: [player.player_id] };
      await player.call("post_message", { channel_id, body: step.say, ...to });
    }
  }
  await readUntil(() => hears.every((type) => read.some(ofType(type))));
  const { msg_id } = await alice.say({ last: "word" });
  await readUntil(() => answeredBy(msg_id));
  return read;
}
