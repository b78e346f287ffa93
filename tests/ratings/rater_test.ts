/** A result counts once: through failures of the database, lost answers, several instances, and
 *  many games of the same players at once. */
import assert from "node:assert/strict";
import type { Entry } from "../../src/domain/transcript/transcript.ts";
import { Ladders } from "../../src/domain/rating/ladders.ts";
import type { HashText } from "../../src/kernel/hash.ts";
import { publicIds } from "../../src/ratings/public_id.ts";
import { Leaderboard } from "../../src/ratings/leaderboard.ts";
import { Rater } from "../../src/ratings/rater.ts";
import { keys } from "../../src/store/keys.ts";
import { type RatedGame, RatingStore } from "../../src/store/rating/rating_store.ts";
import { faultyKv } from "../support/faulty_kv.ts";

const CODE = `sha256:${"1".repeat(64)}` as HashText;
const LADDERS = new Ladders(new Map([["Guess", CODE]]));
const idOf = publicIds(new Uint8Array(32));
const ROOT = `sha256:${"2".repeat(64)}`;

/** Games that have ended, with their notes, as commits of channels leave them. */
class Games {
  readonly #ends = new Map<string, unknown[]>();

  private constructor(readonly kv: Deno.Kv) {}

  static async open(): Promise<Games> {
    return new Games(await Deno.openKv(":memory:"));
  }

  [Symbol.dispose]() {
    this.kv.close();
  }

  /** The next game of a channel; `seats` are principals, as p1, p2 and so on. */
  async end(channel: string, seats: string[], end: unknown): Promise<void> {
    const ends = this.#ends.get(channel) ?? [];
    this.#ends.set(channel, ends);
    for (const [i, principal] of seats.entries()) {
      await this.kv.set(keys.ratedSeat(channel, `p${i + 1}`), principal);
    }
    const ended = { entry: entryOf(ends.length), code_hash: CODE };
    await this.kv.set(keys.unratedGame(channel, `bot_${ends.length}`), ended);
    ends.push(end);
  }

  rater(kv = this.kv, shared = false): Rater {
    return new Rater({
      store: new RatingStore(kv, idOf),
      entry: (channel, id) => {
        const nth = this.#ends.get(channel)?.findIndex((_, i) => entryOf(i) === id) ?? -1;
        if (nth < 0) return Promise.resolve(undefined);
        const body = {
          type: "bot:end",
          bot_id: `bot_${nth}`,
          result: this.#ends.get(channel)![nth],
        };
        const entry = { id, sender: "system", body, root: ROOT, ts: "2026-11-29T12:00:00.000Z" };
        return Promise.resolve(entry as unknown as Entry);
      },
      ladders: LADDERS,
      shared,
      log: () => {},
    });
  }

  async count(prefix: Deno.KvKey): Promise<number> {
    return (await Array.fromAsync(this.kv.list({ prefix }))).length;
  }

  /** How many games a person's rating has, and the ladder. */
  async games(principal: string): Promise<number> {
    const { value } = await this.kv.get<{ games: number }>(
      keys.rating("people", "Guess", principal),
    );
    return value?.games ?? 0;
  }

  get board(): Leaderboard {
    return new Leaderboard({ store: new RatingStore(this.kv, idOf), ladders: LADDERS, idOf });
  }
}

/** The entry that ends the nth game of a channel. */
function entryOf(nth: number): number {
  return 9 + 10 * nth;
}

const WON = { result: "won", ranking: [["p1"], ["p2"]] };

Deno.test("Rater: a result stands with its proof, and is not recorded again", async () => {
  using games = await Games.open();
  await games.end("chn_1", ["oidc:ada", "oidc:bob"], WON);
  for (let start = 0; start < 3; start++) {
    const rater = games.rater();
    await rater.resume();
    await rater.close();
  }
  const { rows } = await games.board.page("Guess", 10);
  assert.deepEqual(rows.map(({ rank, player, rating }) => [rank, player, rating.games]), [
    [1, idOf("oidc:ada"), 1],
    [2, idOf("oidc:bob"), 1],
  ]);
  const [result] = await games.board.results("Guess");
  const { channel_id, bot_id, size, root, code_hash } = result!;
  assert.deepEqual([channel_id, bot_id, size, root, code_hash], ["chn_1", "bot_0", 9, ROOT, CODE]);
  assert.equal(await games.count(["unrated"]), 0);
});

Deno.test("Rater: a game without a channel, a ladder or a ranking leaves nothing", async () => {
  using games = await Games.open();
  await games.end("chn_1", ["oidc:ada", "oidc:ada"], WON);
  await games.end("chn_2", ["oidc:ada", "guest:1"], WON);
  await games.end("chn_3", ["oidc:ada", "oidc:bob"], { result: "abandoned" });
  await games.kv.set(keys.unratedGame("chn_gone", "bot_0"), { entry: 9, code_hash: CODE });
  await games.end("chn_4", ["oidc:ada", "oidc:bob"], WON);
  await games.kv.set(keys.unratedGame("chn_4", "bot_0"), { entry: 9, code_hash: ROOT });
  const rater = games.rater();
  await rater.resume();
  await rater.close();
  for (const prefix of ["unrated", "rated", "rating", "ranked", "result"]) {
    assert.equal(await games.count([prefix]), 0, prefix);
  }
});

Deno.test("Rater: guests have a pool of their own, which no ladder lists", async () => {
  using games = await Games.open();
  await games.end("chn_1", ["guest:1", "guest:2"], WON);
  const rater = games.rater();
  await rater.resume();
  await rater.close();
  assert.equal(await games.count(["rating", "guests"]), 2);
  assert.deepEqual((await games.board.page("Guess", 10)).rows, []);
  assert.deepEqual(await games.board.results("Guess"), []);
});

const FAULTS: Readonly<Record<string, (commit: () => Promise<unknown>) => Promise<unknown>>> = {
  "a commit that was not applied": () => Promise.reject(new Error("the database is away")),
  "a commit that was applied, its answer lost": async (commit) => {
    await commit();
    throw new Error("the answer is lost");
  },
};
for (const [name, fault] of Object.entries(FAULTS)) {
  Deno.test(`Rater: ${name}, and the process dies: counted once`, async () => {
    using games = await Games.open();
    await games.end("chn_1", ["oidc:ada", "oidc:bob"], WON);
    let faults = 0;
    const kv = faultyKv(games.kv, { commit: (commit) => (faults++, fault(commit)) });
    const first = games.rater(kv);
    await first.resume();
    await first.close();
    assert.equal(faults, 1);
    const second = games.rater();
    await second.resume();
    await second.close();
    assert.deepEqual([await games.games("oidc:ada"), await games.games("oidc:bob")], [1, 1]);
    assert.equal(await games.count(["rated"]), 1);
    assert.equal(await games.count(["ranked"]), 2);
    assert.equal(await games.count(["unrated"]), 0);
  });
}

Deno.test("Rater: three instances record 40 games of three people, each once", async () => {
  using games = await Games.open();
  const people = ["oidc:ada", "oidc:bob", "oidc:cem"];
  const pairs = [[0, 1], [1, 2], [2, 0], [1, 0]] as const;
  for (let i = 0; i < 40; i++) {
    const [one, other] = pairs[i % 4]!;
    await games.end(`chn_${i}`, [people[one]!, people[other]!], WON);
  }
  const raters = [1, 2, 3].map(() => games.rater(games.kv, true));
  await Promise.all(raters.map((rater) => rater.resume()));
  await Promise.all(raters.map((rater) => rater.close()));
  // Whoever loses every race leaves its games to the next look.
  const last = games.rater();
  await last.resume();
  await last.close();
  const counts = await Promise.all(people.map((person) => games.games(person)));
  assert.deepEqual(counts, [30, 30, 20]);
  assert.equal(await games.count(["rated"]), 40);
  assert.equal(await games.count(["unrated"]), 0);
  assert.equal(await games.count(["ranked"]), 3, "each person has one place");
  const { rows } = await games.board.page("Guess", 10);
  const ordinals = rows.map(({ rating }) => rating.ordinal);
  assert.deepEqual(ordinals, ordinals.toSorted((a, b) => b - a));
});

Deno.test("Rater: rematches that wait together are recorded in the order of the games", async () => {
  using games = await Games.open();
  const lost = { result: "won", ranking: [["p2"], ["p1"]] };
  const seats = ["oidc:ada", "oidc:bob"];
  // The tenth rematch is "bot_10", which sorts before "bot_2".
  for (let nth = 0; nth < 12; nth++) await games.end("chn_1", seats, nth % 3 === 0 ? lost : WON);
  await games.end("chn_2", seats, WON);
  let commits = 0;
  const away = () => Promise.reject(new Error("the database is away"));
  const kv = faultyKv(games.kv, { commit: (commit) => ++commits === 3 ? away() : commit() });
  for (const each of [kv, games.kv]) {
    const rater = games.rater(each);
    await rater.resume();
    await rater.close();
  }
  const rated = await Array.fromAsync(
    games.kv.list<RatedGame>({ prefix: ["rated"] }),
    ({ value }) => value,
  );
  // The third game of the channel failed at first: none overtook it, but for another channel's.
  const order = [0, 1, -1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  const known = new Map<string, number>();
  for (const nth of order) {
    const { places, size } = rated.find(({ channel_id, bot_id }) =>
      nth < 0 ? channel_id === "chn_2" : channel_id === "chn_1" && bot_id === `bot_${nth}`
    )!;
    assert.equal(size, entryOf(Math.max(0, nth)), "each has its own place of proof");
    for (const { principal, before, after } of places.flat()) {
      assert.equal(before, known.get(principal) ?? 0, `game ${nth}`);
      known.set(principal, after);
    }
  }
  assert.equal(rated.length, order.length);
  assert.equal(await games.count(["unrated"]), 0);
});

Deno.test("Leaderboard: pages in order, without those who opted out, and no page repeats", async () => {
  using games = await Games.open();
  for (let i = 0; i < 25; i++) {
    await games.end(`chn_${i}`, [`oidc:winner${i}`, `oidc:loser${i}`], WON);
  }
  const rater = games.rater();
  await rater.resume();
  await rater.close();
  const { board } = games;
  for (let i = 0; i < 25; i += 2) await board.appear(`oidc:winner${i}`, { hidden: true });
  const rows = [];
  let cursor: string | undefined;
  do {
    const page = await board.page("Guess", 7, cursor);
    assert.ok(page.rows.length === 7 || page.nextCursor === undefined);
    rows.push(...page.rows);
    cursor = page.nextCursor;
    if (cursor !== undefined) {
      const position = atob(cursor.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/"));
      assert.ok(!/oidc|winner|loser/.test(position), "a cursor says nothing about sign-ins");
    }
  } while (cursor !== undefined);
  assert.deepEqual(rows.map(({ rank }) => rank), Array.from({ length: 37 }, (_, i) => i + 1));
  assert.equal(new Set(rows.map(({ player }) => player)).size, 37);
  const hidden = idOf("oidc:winner0");
  assert.ok(!JSON.stringify([rows, await board.results("Guess")]).includes(hidden));
  for (const wrong of ["x", "1.!", "-1.AA", ""]) {
    await assert.rejects(board.page("Guess", 7, wrong), /cursor/);
  }
});

Deno.test("Leaderboard: a handle belongs to one person, whatever its case", async () => {
  using games = await Games.open();
  const { board } = games;
  await board.appear("oidc:ada", { handle: "Ada" });
  await assert.rejects(board.appear("oidc:bob", { handle: "ADA" }), /somebody else/);
  await board.appear("oidc:ada", { handle: "ada" });
  await board.appear("oidc:ada", { handle: "Countess" });
  await board.appear("oidc:bob", { handle: "ADA" });
  assert.equal((await board.self("oidc:ada")).name, "Countess");
  assert.equal((await board.self("oidc:bob")).name, "ADA");
  assert.equal(await games.count(["handle"]), 2);
});

Deno.test("Leaderboard: opting out removes the handle, whatever is stored", async () => {
  using games = await Games.open();
  const { board, kv } = games;
  const owned = async (handle: string) => (await kv.get(keys.handle(handle))).value;
  const [hide, player] = [{ hidden: true }, keys.player("oidc:ada")];
  const STORED: Record<string, () => Promise<unknown>> = {
    "a handle": () => board.appear("oidc:ada", { handle: "Countess" }),
    "a handle that earlier releases kept while hidden": async () => {
      await board.appear("oidc:ada", { handle: "Countess" });
      await kv.set(player, { handle: "Countess", hidden: true });
    },
    "a handle without its key": () => kv.set(player, { handle: "Nobody", hidden: false }),
    "no record": () => kv.delete(player),
    "a record that cannot be read": () => kv.set(player, { handle: 7 }),
  };
  for (const [name, store] of Object.entries(STORED)) {
    await store();
    await board.appear("oidc:ada", hide);
    assert.deepEqual((await kv.get(player)).value, hide, name);
    assert.equal(await owned("countess"), null, name);
  }
  await board.appear("oidc:bob", { handle: "Countess" });
  await kv.set(player, { handle: "Countess", hidden: false });
  await board.appear("oidc:ada", hide);
  assert.equal(await owned("countess"), "oidc:bob", "another person's handle stays");
  await board.appear("oidc:ada", { hidden: false });
  assert.equal((await board.self("oidc:ada")).name, undefined, "nor does it come back");
});
