/** Who is paired with whom: the rules, as tables. */
import assert from "node:assert/strict";
import { LOBBY_LIMITS } from "../../src/domain/limits/lobby.ts";
import { groupFor, mayPair } from "../../src/domain/lobby/pairing.ts";
import { poolOf, type Ticket } from "../../src/domain/lobby/ticket.ts";

const CODE = `sha256:${"a".repeat(64)}` as const;
const { widenMs, uneven, unevenPerSecond } = LOBBY_LIMITS;

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
const plays = (mu: number, created_at = 0, sigma = 2) => ({
  rated: true,
  rating: { mu, sigma },
  created_at,
});

/** How uneven a game is between players of whom much is known, so far apart. */
const unevenAt = (apart: number) => apart / Math.hypot(25 / 6, 25 / 6, 2, 2);
/** How long a ticket waits until somebody so far apart will do. */
const waitMs = (apart: number) => Math.ceil((unevenAt(apart) - uneven) / unevenPerSecond * 1_000);

Deno.test("mayPair(): the same pool, another principal, and an even game, or a less even one later", () => {
  const a = ticket("a");
  const average = ticket("a", plays(25));
  const newcomer = ticket("a", plays(25, 0, 25 / 3));
  const table: [name: string, a: Ticket, b: Ticket, nowMs: number, may: boolean][] = [
    ["two who want the same", a, ticket("b"), 0, true],
    ["one person in two chats", a, ticket("b", { principal: a.principal }), 1e9, false],
    ["other pools", a, ticket("b", { pool: "other" }), 1e9, false],
    ["close", average, ticket("b", plays(31)), 0, true],
    ["too far", average, ticket("b", plays(32)), 0, false],
    ["as far, and one is new", newcomer, ticket("b", plays(32)), 0, true],
    ["farther, and one is new", newcomer, ticket("b", plays(40)), 0, false],
    ["as far, and both are new", newcomer, ticket("b", plays(38, 0, 25 / 3)), 0, true],
    ["too far yet", average, ticket("b", plays(40)), waitMs(15) - 2, false],
    ["far, after a while", average, ticket("b", plays(40)), waitMs(15), true],
    ["far, and one just came", average, ticket("b", plays(40, waitMs(15))), waitMs(15), true],
    ["the weakest and the strongest", ticket("a", plays(5)), ticket("b", plays(45)), 60_000, true],
    ["one without a rating", ticket("a", plays(45)), ticket("b", { rated: true }), 0, true],
    ["a clock that is behind", a, ticket("b", { created_at: 60_000 }), -60_000, true],
  ];
  for (const [name, one, other, nowMs, may] of table) {
    assert.equal(mayPair(one, other, nowMs), may, name);
    assert.equal(mayPair(other, one, nowMs), may, `${name}, the other way round`);
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
    [
      "the most even game, whoever waits longest",
      ticket("a", plays(30, 9)),
      [ticket("b", plays(27, 1)), ticket("c", plays(33.5, 2)), ticket("d", plays(29, 3))],
      9,
      "a d",
      "a",
    ],
    [
      "one whose wait makes up for the distance",
      ticket("a", plays(30, waitMs(16))),
      [ticket("b", plays(20, 0)), ticket("c", plays(33, waitMs(16) - 1))],
      waitMs(16),
      "a b",
      "a",
    ],
    [
      "three who are all close to each other",
      ticket("a", { ...three, ...plays(25) }),
      [
        ticket("b", { ...three, ...plays(22) }),
        ticket("c", { ...three, ...plays(29) }),
        ticket("d", { ...three, ...plays(20) }),
      ],
      0,
      "a b d",
      "a",
    ],
    [
      "nobody who is close",
      ticket("a", plays(30)),
      [ticket("b", plays(20)), ticket("c", plays(40))],
      0,
      null,
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
