/** Who is paired with whom: the rules, as tables. */
import assert from "node:assert/strict";
import { LOBBY_LIMITS } from "../../src/domain/limits/lobby.ts";
import { groupFor, mayPair } from "../../src/domain/lobby/pairing.ts";
import { poolOf, type Ticket } from "../../src/domain/lobby/ticket.ts";

const CODE = `sha256:${"a".repeat(64)}` as const;
const { widenMs, ratingsApart, ratingsApartPerSecond } = LOBBY_LIMITS;

/** A ticket that was made at second 0, unless it says otherwise. */
function ticket(name: string, more: Partial<Ticket> = {}): Ticket {
  return {
    ticket_id: name,
    principal: `guest:${name}`,
    conversation: null,
    wish: name,
    code_hash: CODE,
    bot_name: "Game",
    params: {},
    params_hash: "standard",
    players: 2,
    any_params: false,
    rated: false,
    pool: "pool",
    created_at: 0,
    expires_at: 1e12,
    state: { kind: "waiting" },
    ...more,
  };
}

const owned = (owner: boolean) => ({ challenge: { hash: "c", owner } });
const rating = (rating: number) => ({ rated: true, rating });

Deno.test("mayPair(): the same pool, another principal, and ratings that come closer with time", () => {
  const a = ticket("a");
  const table: [name: string, a: Ticket, b: Ticket, waitedMs: number, may: boolean][] = [
    ["two who want the same", a, ticket("b"), 0, true],
    ["one person in two chats", a, ticket("b", { principal: a.principal }), 1e9, false],
    ["other pools", a, ticket("b", { pool: "other" }), 1e9, false],
    ["ratings", ticket("a", rating(1_500)), ticket("b", rating(1_500 + ratingsApart)), 0, true],
    ["too far", ticket("a", rating(1_500)), ticket("b", rating(1_501 + ratingsApart)), 0, false],
    [
      "too far at first",
      ticket("a", rating(1_501 + ratingsApart)),
      ticket("b", rating(1_500)),
      Math.ceil(1_000 / ratingsApartPerSecond) * 1_000,
      true,
    ],
    ["one without a rating", ticket("a", rating(3_000)), ticket("b", { rated: true }), 0, true],
  ];
  for (const [name, one, other, waitedMs, may] of table) {
    assert.equal(mayPair(one, other, waitedMs), may, name);
    assert.equal(mayPair(other, one, waitedMs), may, `${name}, the other way round`);
  }
});

Deno.test("groupFor(): who plays, and whose game", () => {
  const big = { params_hash: "big" };
  const any = { any_params: true };
  const three = { players: 3, params_hash: "three" };
  type Row = [
    name: string,
    seeker: Ticket,
    waiting: Ticket[],
    nowMs: number,
    group: string | null,
    terms?: string,
  ];
  const table: Row[] = [
    ["nobody", ticket("a"), [], 0, null],
    ["itself alone", ticket("a"), [ticket("a")], 0, null],
    [
      "the one who waits longest",
      ticket("a", { created_at: 9 }),
      [
        ticket("c", { created_at: 2 }),
        ticket("b", { created_at: 1 }),
      ],
      9,
      "a b",
      "a",
    ],
    ["other parameters", ticket("a"), [ticket("b", big)], 1e9, null],
    ["any parameters, too early", ticket("a", any), [ticket("b", big)], widenMs - 1, null],
    ["any parameters of the seeker", ticket("a", any), [ticket("b", big)], widenMs, "a b", "b"],
    ["any of the other", ticket("a"), [ticket("b", { ...big, ...any })], widenMs, "a b", "a"],
    [
      "the seeker's own game first",
      ticket("a", { ...any, created_at: 5 }),
      [
        ticket("b", big),
        ticket("c", { created_at: 3 }),
      ],
      1e9,
      "a c",
      "a",
    ],
    [
      "another bot, whatever the parameters",
      ticket("a", any),
      [
        ticket("b", { ...any, code_hash: `sha256:${"b".repeat(64)}` }),
      ],
      1e9,
      null,
    ],
    ["three, with two", ticket("a", three), [ticket("b", three)], 0, null],
    ["three", ticket("a", three), [ticket("b", three), ticket("c", three)], 0, "a b c", "a"],
    [
      "three, of two people",
      ticket("a", three),
      [
        ticket("b", three),
        ticket("c", { ...three, principal: "guest:b" }),
      ],
      0,
      null,
    ],
    [
      "a game that nobody in the group wants",
      ticket("a", any),
      [
        ticket("b", { principal: "guest:a", ...big }),
        ticket("c", { ...any, params_hash: "small" }),
      ],
      widenMs,
      "a c",
      "a",
    ],
    [
      "a challenge and its owner",
      ticket("a", owned(false)),
      [
        ticket("b", { ...owned(false), created_at: -5 }),
        ticket("c", owned(true)),
      ],
      0,
      "a c",
      "a",
    ],
    [
      "two who accept, without the owner",
      ticket("a", owned(false)),
      [
        ticket("b", owned(false)),
      ],
      0,
      null,
    ],
  ];
  for (const [name, seeker, waiting, nowMs, names, terms] of table) {
    const group = groupFor(seeker, waiting, nowMs);
    const found = group && group.tickets.map(({ ticket_id }) => ticket_id).toSorted().join(" ");
    assert.equal(found, names, name);
    assert.equal(group?.terms.ticket_id, terms, name);
  }
});

Deno.test("poolOf(): challenges, rated games and guests are apart", () => {
  const open = { code_hash: CODE, rated: false };
  const rated = { code_hash: CODE, rated: true };
  const pools = [
    poolOf(open, true),
    poolOf(rated, true),
    poolOf(rated, false),
    poolOf({ ...open, challenge: { hash: "c", owner: true } }, true),
    poolOf({ ...open, code_hash: `sha256:${"b".repeat(64)}` }, true),
  ];
  assert.equal(new Set(pools).size, pools.length);
  assert.equal(poolOf(open, true), poolOf(open, false));
});
