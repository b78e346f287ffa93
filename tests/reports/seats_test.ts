/** For whom a call speaks, over HTTP with the real clients: two chats of one user are two MCP
 *  sessions, or two conversations of ChatGPT, under one token. `docs/seats.md` has the rules, and
 *  `tests/domain/channel/seat_test.ts` more of the same steps. */
import assert from "node:assert/strict";
import { type ClientKind, type McpClient, mcpClient } from "../support/mcp_clients.ts";
import { Player, Problem, signIn, type Wire } from "../support/player.ts";
import { dataFile, gone, startProcess } from "../support/process.ts";
import { checkStore } from "../support/server.ts";
import type { Report } from "./report.ts";

interface Row extends Report {
  /** `ann/1 joins`, `bob/9 takes p1` (with its rejoin token), `ann/1 leaves`, `host frees p1`,
   *  `ann/1 leaves p1` (with its rejoin token). `ann` without a number calls without a
   *  conversation. */
  steps: string[];
  /** The sender of a post by each caller as everybody reads it, or the code of its refusal. */
  right: Record<string, string>;
  /** The words that the refusals must have. */
  says?: RegExp;
}

const CHATS = ["ann/1 joins", "ann/2 joins"];
const ROWS: Row[] = [
  {
    report: 41836,
    what: "two chats: each speaks for its own seat, and a third must say for which",
    steps: CHATS,
    right: { "ann/1": "p1", "ann/2": "p2", "ann/3": "SEAT_AMBIGUOUS", ann: "SEAT_AMBIGUOUS" },
    says: /p1 and p2.*rejoin_token/,
  },
  {
    what: "another sign-in took the first chat's seat",
    steps: [...CHATS, "bob/9 takes p1"],
    right: { "ann/1": "NOT_MEMBER", "ann/2": "p2", ann: "NOT_MEMBER", "bob/9": "p1" },
    says: /still hold p2.*rejoin_token/,
  },
  {
    what: "the same, and the first chat says that it speaks for the other seat",
    steps: [...CHATS, "bob/9 takes p1", "ann/1 takes p2"],
    right: { "ann/1": "p2", "ann/2": "NOT_MEMBER" },
  },
  {
    what: "the first chat left",
    steps: [...CHATS, "ann/1 leaves"],
    right: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "ann/3": "NOT_MEMBER" },
  },
  {
    what: "the host freed the first chat's slot",
    steps: [...CHATS, "host frees p1"],
    right: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "ann/3": "NOT_MEMBER" },
  },
  {
    what: "a third chat took the first one's seat",
    steps: [...CHATS, "ann/3 takes p1"],
    right: { "ann/1": "NOT_MEMBER", "ann/2": "p2", "ann/3": "p1" },
  },
  {
    report: 539,
    what: "two chats in one session, one of which lost its seat",
    steps: ["ann/1 joins", "ann/1 joins", "bob/9 takes p1"],
    right: { "ann/1": "NOT_MEMBER" },
  },
  {
    report: 41836,
    what: "two chats without sessions, one of which lost its seat",
    steps: ["ann joins", "ann joins", "bob takes p1"],
    right: { ann: "NOT_MEMBER", bob: "p1" },
  },
  {
    report: 165,
    what: "a session for every call: the only seat is found",
    steps: ["ann/1 joins"],
    right: { "ann/2": "p1", "ann/3": "p1", ann: "p1" },
  },
  {
    what: "one chat used two invites: it must say for which seat it speaks",
    steps: ["ann/1 joins", "ann/1 joins"],
    right: { "ann/1": "SEAT_AMBIGUOUS" },
    says: /p1 and p2.*rejoin_token/,
  },
  {
    what: "the same without sessions",
    steps: ["ann joins", "ann joins"],
    right: { ann: "SEAT_AMBIGUOUS" },
    says: /p1 and p2.*rejoin_token/,
  },
  {
    what: "a chat lost its seat, and another one has a new invite",
    steps: ["ann/1 joins", "host frees p1", "ann/2 joins"],
    right: { "ann/1": "NOT_MEMBER", "ann/2": "p2" },
  },
  {
    what: "a player left and came back",
    steps: ["ann/1 joins", "ann/1 leaves", "ann/1 joins"],
    right: { "ann/1": "p2" },
  },
  {
    what: "a player without sessions left and came back",
    steps: ["ann joins", "ann leaves", "ann joins"],
    right: { ann: "p2" },
  },
  {
    what: "another sign-in took the seat, and lost it again",
    steps: ["ann joins", "bob takes p1", "ann takes p1"],
    right: { ann: "p1", bob: "NOT_MEMBER" },
  },
];

/** Reads, and every other call that finds a seat. */
const OTHER_CALLS: [string, Wire][] = [
  ["sync_messages", { timeout_ms: 0 }],
  ["get_channel_info", {}],
  ["show_board", {}],
  ["make_game_move", { game: "g", action: "a" }],
  ["get_proof", { id: 1 }],
  ["export_channel", {}],
  ["verify_channel", {}],
  ["get_evidence", { msg_id: 1, body_hash: `sha256:${"0".repeat(64)}` }],
  ["leave_channel", {}],
];

type Chats = "v1" | "v2 legacy" | "ChatGPT";

/** The callers of one row, and the channel in which they meet. */
class Room implements AsyncDisposable {
  channel_id = "";
  readonly tokens = new Map<string, string>();
  readonly #callers = new Map<string, McpClient | Player>();
  readonly #signedIn = new Map<string, string>();
  #invites: string[] = [];

  constructor(readonly url: string, readonly kind: Chats) {}

  async open(seats: number): Promise<void> {
    const slots = Array.from({ length: seats }, () => "invite:seat");
    const created = await this.call("host", "create_channel", { name: "seats", slots });
    this.channel_id = created.channel_id;
    this.#invites = created.invites;
  }

  async call(who: string, name: string, input: Wire): Promise<Wire> {
    const [principal, chat] = who.split("/") as [string, string?];
    const token = this.#signedIn.get(principal) ?? await signIn(this.url);
    this.#signedIn.set(principal, token);
    const key = this.kind === "ChatGPT" && chat ? principal : who;
    let caller = this.#callers.get(key);
    if (!caller) {
      const kind: ClientKind = this.kind === "ChatGPT" ? "v2 modern" : this.kind;
      caller = chat ? await mcpClient(kind, this.url, token) : new Player(this.url, token);
      this.#callers.set(key, caller);
    }
    if (caller instanceof Player) return await caller.call(name, input);
    const meta = this.kind === "ChatGPT" ? { "openai/session": `v1/${who}` } : undefined;
    return await caller.call(name, input, meta);
  }

  async do(step: string): Promise<Wire> {
    const [who, verb, player] = step.split(" ") as [string, string, string?];
    const { channel_id } = this;
    const rejoin_token = player && this.tokens.get(player);
    if (verb === "joins" || verb === "takes") {
      const invite_code = rejoin_token ?? this.#invites.shift();
      const joined = await this.call(who, "join_channel", { invite_code });
      this.tokens.set(joined.player_id, joined.rejoin_token);
      return joined;
    }
    if (verb === "leaves") {
      return await this.call(who, "leave_channel", { channel_id, rejoin_token });
    }
    const { view } = await this.call("host", "get_channel_info", { channel_id });
    const { slot_id } = view.slots.find(({ filled_by }: Wire) => filled_by === player);
    const ops = [{ type: "yield_slot", slot_id }];
    return await this.call("host", "update_channel", { channel_id, ops });
  }

  /** The sender of a post as everybody reads it, or the refusal. */
  async spokenFor(who: string): Promise<string> {
    const { channel_id } = this;
    const posted = await refusalOr(this.call(who, "post_message", { channel_id, body: who }));
    if (typeof posted === "string") return posted;
    const cursor = posted.msg_id - 1;
    const read = await this.call("host", "sync_messages", { channel_id, cursor, timeout_ms: 0 });
    const { sender, body } = read.messages[0];
    assert.deepEqual(body, { text: who });
    return sender;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const caller of this.#callers.values()) {
      if (!(caller instanceof Player)) await caller[Symbol.asyncDispose]();
    }
  }
}

/** The answer, or the refusal as `CODE: text`. */
async function refusalOr(call: Promise<Wire>): Promise<Wire | string> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.detail}`;
    return (error as Error).message;
  }
}

Deno.test("a conversation never speaks for a seat that it did not name", async (t) => {
  await using file = dataFile();
  const settings = { KV_URL: file.path, SANDBOX: "off", RATE_LIMITS: "off" };
  const server = await startProcess(settings, { viaTask: true });
  for (const kind of ["v1", "v2 legacy", "ChatGPT"] as const) {
    for (const { what, steps, right, says } of ROWS) {
      await t.step(`${kind}: ${what}`, async () => {
        await using room = new Room(server.url, kind);
        await room.open(steps.filter((step) => step.endsWith(" joins")).length);
        for (const step of steps) await room.do(step);
        for (const [who, expected] of Object.entries(right)) {
          const spoken = await room.spokenFor(who);
          assert.equal(spoken.split(":")[0], expected, `${who}: ${spoken}`);
          if (!spoken.includes(":")) continue;
          if (says) assert.match(spoken, says);
          for (const [name, input] of OTHER_CALLS) {
            const { channel_id } = room;
            const answer = await refusalOr(room.call(who, name, { channel_id, ...input }));
            assert.equal(String(answer).split(":")[0], expected, `${who} ${name}`);
          }
        }
      });
    }
  }

  await t.step("join_channel warns of a second seat, and says how to speak", async () => {
    await using room = new Room(server.url, "v1");
    await room.open(3);
    assert.equal((await room.do("ann/1 joins")).your_seats, undefined);
    const second = await room.do("ann/1 joins");
    assert.deepEqual(second.your_seats, ["p1", "p2"]);
    assert.match(second.next, /You are p2.*hold p1.*rejoin_token of p2 or of p1 in every call/);
    const third = await room.do("ann/2 joins");
    assert.deepEqual(third.your_seats, ["p1", "p2", "p3"]);
    assert.match(third.next, /You are p3.*calls of this conversation speak for p3/);
  });
  await t.step("join_channel says when a returning player's calls need the token", async () => {
    await using room = new Room(server.url, "v1");
    await room.open(3);
    for (const step of ["ann/1 joins", "ann/2 joins", "ann/1 leaves"]) await room.do(step);
    const { next } = await room.do("ann takes p2");
    assert.match(next, /this rejoin_token in every call/);
  });
  await t.step("a guest host that signs in anew has a way back, and is told of it", async () => {
    const { url } = server;
    const host = await Player.at(url);
    const made = { name: "mine", slots: ["invite:host", "invite:guest"] };
    const created = await host.call("create_channel", made);
    const { channel_id, host_token } = created;
    assert.match(host_token, /^host_[\w-]{22}$/);
    await host.join(created.invites[0]);
    const ops = [{ type: "rename", name: "again" }];
    const anew = await Player.at(url);
    const joined = await anew.join(host.rejoin_token);
    assert.match(joined.next, /host_token/);
    const refused = await refusalOr(anew.call("update_channel", { channel_id, ops }));
    assert.match(String(refused), /^NOT_ADMIN: .*host_token of create_channel as rejoin_token/);
    const withSeat = { channel_id, ops, rejoin_token: host.rejoin_token };
    assert.match(String(await refusalOr(anew.call("update_channel", withSeat))), /^NOT_ADMIN/);
    const back = [{ type: "set_admin", slot_id: "s0" }];
    await anew.call("update_channel", { channel_id, ops: back, rejoin_token: host_token });
    const { view } = await anew.call("update_channel", { channel_id, ops });
    assert.equal(view.name, "again");

    const other = await host.call("create_channel", made);
    const stolen = { channel_id: other.channel_id, ops, rejoin_token: host_token };
    const stranger = await refusalOr(anew.call("update_channel", stolen));
    assert.match(String(stranger), /^CHANNEL_NOT_FOUND/, "one channel's token is not another's");
    const seat = await refusalOr(anew.call("join_channel", { invite_code: host_token }));
    assert.match(String(seat), /^INVALID_REQUEST: .*takes no seat/);
  });
  const hosts = await server.children();
  await server.kill("SIGTERM");
  await gone(hosts);
  await checkStore(file.path);
});

Deno.test("who speaks for whom outlives a restart", async () => {
  await using file = dataFile();
  const settings = { KV_URL: file.path, SANDBOX: "off", RATE_LIMITS: "off" };
  const before = await startProcess(settings);
  const [ann, bob, host] = await Promise.all([1, 2, 3].map(() => Player.at(before.url)));
  const made = { name: "seats", slots: ["invite:a", "invite:b"] };
  const { channel_id, invites } = await host!.call("create_channel", made);
  const { rejoin_token } = await ann!.join(invites[0]);
  await ann!.join(invites[1]);
  await bob!.join(rejoin_token);
  await before.kill("SIGKILL");
  const after = await startProcess(settings);
  ann!.moveTo(after.url);
  const posted = await refusalOr(ann!.call("post_message", { channel_id, body: "as whom?" }));
  assert.match(String(posted), /^NOT_MEMBER: .*still hold p2/);
  await after.kill("SIGTERM");
});
