/** ContractJudge: parties accept terms by hash; a verdict comes by rules, by an arbiter or by
 *  settlement; nothing changes in between. */
import assert from "node:assert/strict";
import { canonicalText } from "../../src/kernel/json.ts";
import { ofType, Player, roomOf, sha256Hex, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";

const CLAUSES = [
  { id: "1", text: "Ada hosts the site for a month.", party: "ada" },
  {
    id: "2",
    text: "The site is up 99.5 % of that month, as Mona measures it.",
    party: "ada",
    check: { evidence: "uptime", from: "mona", at_least: 99.5 },
  },
  {
    id: "3",
    text: "Bob pays before the year 2100; both say so.",
    party: "bob",
    check: { evidence: "paid", equals: true, by: "2100-01-01T00:00:00Z" },
  },
];
const TERMS = { title: "Hosting", clauses: CLAUSES, parties: ["ada", "bob"] };

/** A case with its players by name; the first player reads the judge's posts. */
async function caseOf(url: string, params: Record<string, unknown>, names: string[]) {
  const { players, created } = await roomOf(url, {
    slots: ["bot:judge", ...names.map((name) => `invite:${name}`), "invite:late"],
    bots: [{ name: "ContractJudge", code_ref: "builtin://ContractJudge", params }],
  }, names.length);
  assert.equal(created.bot_errors, undefined);
  const [reader] = players as [Player, ...Player[]];
  const joined = await reader.readUntil(ofType("member_joined", { display_name: names.at(-1) }));
  const before = joined.some(ofType("terms")) || params.clauses === undefined
    ? joined
    : [...joined, ...await reader.readUntil(ofType("terms"))];
  const terms = before.find(ofType("terms"))?.body;
  const says = async (said: Promise<Wire>): Promise<Wire[]> => {
    const { msg_id } = await said;
    const read = await reader.readUntil(({ cause }) => cause === msg_id);
    return read.filter(({ cause }) => cause === msg_id).map(({ body }) => body);
  };
  const move = async (player: Player, action: string, value?: unknown) => {
    const { channel_id } = player;
    const body = { channel_id, game: "contract", action, ...(value !== undefined && { value }) };
    return await says(player.call("make_game_move", body));
  };
  return { players, reader, terms, says, move, invites: created.invites as string[] };
}

async function accepted(url: string, params: Record<string, unknown>, names: string[]) {
  const opened = await caseOf(url, params, names);
  const [ada, bob] = opened.players as [Player, Player];
  await opened.move(ada, "accept", opened.terms.terms_hash);
  const answers = await opened.move(bob, "accept", opened.terms.terms_hash);
  assert.deepEqual(answers.map(({ type }) => type), ["accepted", "agreement"]);
  return { ...opened, agreement: answers[1] };
}

const names = ["ada", "bob", "mona"];

Deno.test("both parties accept the hash of the terms, and the rules decide and cite clauses", async () => {
  await using server = await testServer();
  const { players, terms, agreement, move, says } = await accepted(
    server.url,
    TERMS,
    names,
  );
  const [ada, bob, mona] = players as [Player, Player, Player];
  assert.equal(terms.terms_hash, `sha256:${await sha256Hex(terms.text)}`);
  assert.equal(
    terms.text,
    canonicalText({ ...TERMS, arbiter: null }),
    "RFC 8785 of all binding terms",
  );
  assert.deepEqual(agreement.roles, { ada: "p1", bob: "p2", mona: "p3" });
  assert.equal(agreement.terms_hash, terms.terms_hash);

  const [claim] = await move(bob, "claim", { clause: "2", text: "It was down for days." });
  assert.deepEqual([claim.what, claim.clause, claim.by], ["claim", "2", "bob"]);
  await move(bob, "evidence", { name: "paid", value: true });
  const [early] = await says(ada.say("judge"));
  assert.equal(early.type, "findings");
  assert.deepEqual(early.findings.map(({ clause, met }: Wire) => [clause, met]), [
    ["2", null],
    ["3", null],
  ]);
  assert.match(early.findings[0].because, /mona said nothing of "uptime"/);
  assert.match(early.findings[1].because, /ada has not confirmed "paid"/);

  await move(ada, "evidence", { name: "paid", value: true });
  // The judge records Ada's own claim about the uptime, but only Mona's counts.
  await move(ada, "evidence", { name: "uptime", value: 100 });
  const [measured] = await move(mona, "evidence", { name: "uptime", value: 97.2, text: "my log" });
  const [verdict] = await move(bob, "judge");
  const { type, by, outcome, cites, claims, findings } = verdict;
  assert.deepEqual([type, by, outcome, cites], ["verdict", "rules", "broken by ada", ["2"]]);
  assert.deepEqual(claims, ["2"]);
  assert.deepEqual(findings[0].entries, [measured.entry]);
  assert.deepEqual(findings.map(({ met }: Wire) => met), [false, true]);
  assert.equal(verdict.terms_hash, terms.terms_hash);
  const end = (await mona.readUntil(ofType("bot:end"))).find(ofType("bot:end")).body;
  const { type: _type, bot_id: _id, state_version: _v, state_hash: _h, next: _next, ...ruling } =
    verdict;
  assert.deepEqual(end.result, { verdict: ruling });
});

Deno.test("rules check a bound, a value and a time", async (t) => {
  const future = "2100-01-01T00:00:00+02:00";
  const table: [string, Wire, Wire | undefined, boolean | null][] = [
    ["said", {}, "something", true],
    ["not said", {}, undefined, null],
    ["said in time", { by: future }, true, true],
    ["never said, before the time", { by: future }, undefined, null],
    ["at least", { at_least: 5 }, 5, true],
    ["less", { at_least: 5 }, 4.9, false],
    ["at most", { at_most: 5 }, 5, true],
    ["more", { at_most: 5 }, 5.1, false],
    ["a number as a text", { at_least: 99.5 }, " 99.9 ", true],
    ["a number as a text, above", { at_most: 5 }, "5.01", false],
    ["the same number as a text", { equals: 5 }, "5.0", true],
    ["true as a text", { equals: true }, "True", true],
    ["no as a text", { equals: true }, "no", false],
    ["the same text but for case and spaces", { equals: "Sky blue" }, " sky  BLUE ", true],
    ["a number for a text", { equals: "5" }, 5, true],
    ["equal", { equals: "blue" }, "blue", true],
    ["not equal", { equals: 1 }, true, false],
  ];
  await using server = await testServer();
  const clauses = table.map(([text, check], i) => ({
    id: `${i}`,
    text,
    check: { evidence: `e${i}`, from: "ada", ...check },
  }));
  const { players: [ada], move } = await accepted(server.url, { ...TERMS, clauses }, names);
  for (const [i, [, , value]] of table.entries()) {
    if (value !== undefined) await move(ada!, "evidence", { name: `e${i}`, value });
  }
  const [{ findings }] = await move(ada!, "judge");
  for (const [i, [name, , , met]] of table.entries()) {
    await t.step(name, () => assert.equal(findings[i].met, met, findings[i].because));
  }
});

Deno.test("the arbiter in the terms rules, and must cite clauses", async () => {
  await using server = await testServer();
  const params = { ...TERMS, arbiter: "judy" };
  const { players, move } = await accepted(server.url, params, [...names, "judy"]);
  const [ada, bob, mona, judy] = players as [Player, Player, Player, Player];
  await move(bob, "claim", { clause: "1" });
  const [findings] = await move(ada, "judge");
  assert.deepEqual([findings.type, findings.text], ["findings", "judy rules."]);

  const ruling = {
    outcome: "Ada refunds half.",
    cites: ["1", "2"],
    reason: "Half a month was kept.",
  };
  for (const player of [ada, bob, mona]) {
    const [refused] = await move(player, "rule", ruling);
    assert.equal(refused.reason, "NOT_YOUR_ROLE");
  }
  for (const wrong of [{ cites: [] }, { cites: ["9"] }, { reason: "" }, { outcome: undefined }]) {
    const [refused] = await move(judy, "rule", { ...ruling, ...wrong });
    assert.equal(refused.reason, "BAD_RULING");
    assert.match(refused.details, /cites from 1, 2, 3/);
  }
  const [verdict] = await move(judy, "rule", ruling);
  const { by, outcome, cites, reason } = verdict;
  assert.deepEqual({ outcome, cites, reason }, ruling);
  assert.equal(by, "arbiter");
});

Deno.test("parties who disagree on the evidence may settle if both say the same", async () => {
  await using server = await testServer();
  const { players, move } = await accepted(server.url, TERMS, names);
  const [ada, bob, mona] = players as [Player, Player, Player];
  await move(bob, "evidence", { name: "paid", value: true });
  await move(ada, "evidence", { name: "paid", value: false });
  const [{ findings }] = await move(ada, "judge");
  assert.match(findings[1].because, /the parties differ/);
  assert.equal(
    (await move(ada, "evidence", { name: "paid", value: true }))[0].reason,
    "ALREADY_STATED",
  );

  assert.equal((await move(mona, "settle", "Half is paid."))[0].reason, "NOT_YOUR_ROLE");
  await move(ada, "settle", "All is paid.");
  await move(bob, "settle", "Half is paid.");
  const [recorded, verdict] = await move(ada, "settle", "Half is paid.");
  assert.equal(recorded.what, "settlement");
  assert.deepEqual([verdict.by, verdict.outcome], ["settlement", "Half is paid."]);
});

Deno.test("terms change only by proposal, which voids acceptance, and never after both have accepted", async () => {
  await using server = await testServer();
  const { players, terms, move, says } = await caseOf(server.url, TERMS, names);
  const [ada, bob, mona] = players as [Player, Player, Player];
  const early = await move(ada, "claim", { clause: "1" });
  assert.equal(early[0].reason, "NOT_IN_FORCE");
  const wrong = await move(ada, "accept", `sha256:${"0".repeat(64)}`);
  assert.equal(wrong[0].reason, "WRONG_HASH");
  await says(ada.say(`accept ${terms.terms_hash}`));

  const clauses = [{ id: "1", text: "Ada hosts the site for two months.", party: "ada" }];
  assert.equal((await move(mona, "propose", { clauses }))[0].reason, "NOT_YOUR_ROLE");
  const [changed] = await move(bob, "propose", { title: "Hosting", clauses });
  assert.equal(changed.terms_hash, `sha256:${await sha256Hex(changed.text)}`);
  assert.notEqual(changed.terms_hash, terms.terms_hash);
  assert.match(changed.next, /^ada and bob may accept/, "Ada had accepted other terms");
  assert.equal((await move(ada, "accept", terms.terms_hash))[0].reason, "WRONG_HASH");

  await move(bob, "accept", changed.terms_hash);
  await move(ada, "accept", changed.terms_hash.slice("sha256:".length));
  for (const action of ["propose", "accept"]) {
    const [refused] = await move(bob, action, { clauses: CLAUSES });
    assert.equal(refused.reason, "TERMS_FIXED");
  }
  const [{ text }] = await move(ada, "judge");
  assert.match(text, /can only settle/);
});

Deno.test("nobody accepts before every role is filled, and a role has one holder", async () => {
  await using server = await testServer();
  const { players, terms, move, invites } = await caseOf(server.url, TERMS, ["ada", "bob"]);
  const [ada] = players as [Player];
  const [refused] = await move(ada, "accept", terms.terms_hash);
  assert.deepEqual([refused.reason, refused.player], ["ROLE_EMPTY", "p1"]);
  assert.match(refused.details, /mona/);

  const late = await Player.at(server.url);
  await late.call("join_channel", { invite_code: invites[2], display_name: "ada" });
  late.channel_id = ada.channel_id;
  const [stranger] = await move(late, "accept", terms.terms_hash);
  assert.deepEqual([stranger.reason, stranger.player], ["NOT_YOUR_ROLE", "p3"]);
});

Deno.test("a party who leaves is not bound before the agreement, and is bound after", async () => {
  await using server = await testServer();
  const params = { title: "Two", parties: ["ada", "bob"], clauses: CLAUSES.slice(0, 1) };
  const first = await caseOf(server.url, params, ["ada", "bob"]);
  const leave = (player: Player) => player.call("leave_channel", { channel_id: player.channel_id });
  await first.move(first.players[0]!, "accept", first.terms.terms_hash);
  await leave(first.players[1]!);
  const freed = await first.reader.readUntil(ofType("role_left", { still_bound: false }));
  assert.match(freed.find(ofType("role_left")).body.next, /^ada and bob may accept/);

  const second = await accepted(server.url, params, ["ada", "bob"]);
  await leave(second.players[1]!);
  await second.reader.readUntil(ofType("role_left", { role: "bob", still_bound: true }));
});

Deno.test("the judge refuses unenforceable terms", async (t) => {
  await using server = await testServer();
  const { players: [ada], move } = await caseOf(server.url, { parties: ["ada", "bob"] }, ["ada"]);
  const clause = { id: "1", text: "x" };
  const check = { evidence: "e" };
  const table: [string, unknown][] = [
    ["no terms", "Ada pays."],
    ["no clauses", { clauses: [] }],
    ["too many", { clauses: Array.from({ length: 21 }, (_, i) => ({ id: `${i}`, text: "x" })) }],
    ["too long", { clauses: [{ id: "1", text: "x".repeat(7_000) }] }],
    ["another party", { clauses: [{ ...clause, party: "mallory" }] }],
    ["an arbiter of one's own", { clauses: [clause], arbiter: "ada" }],
    ["no id", { clauses: [{ text: "x" }] }],
    ["an id twice", { clauses: [clause, clause] }],
    ["no text", { clauses: [{ id: "1" }] }],
    ["an unknown field", { clauses: [{ ...clause, penalty: 5 }] }],
    ["a check without evidence", { clauses: [{ ...clause, check: { at_least: 5 } }] }],
    ["a bound that is not a number", {
      clauses: [{ ...clause, check: { ...check, at_most: "5" } }],
    }],
    ["a time without a time zone", {
      clauses: [{ ...clause, check: { ...check, by: "2026-12-01" } }],
    }],
    ["a name with a line break", { clauses: [{ ...clause, check: { evidence: "a\nb" } }] }],
    ["a name that every object has", {
      clauses: [{ ...clause, check: { evidence: "constructor" } }],
    }],
  ];
  for (const [name, value] of table) {
    await t.step(name, async () => {
      const [refused, ...more] = await move(ada!, "propose", value);
      assert.deepEqual([refused.reason, more], ["BAD_TERMS", []]);
    });
  }
  const [terms] = await move(ada!, "propose", { clauses: [{ ...clause, check }] });
  assert.equal(terms.type, "terms");
});
