/** What parties state, propose and say before the judge of a contract. */
import assert from "node:assert/strict";
import type { McpClient } from "../support/mcp_clients.ts";
import type { Wire } from "../support/player.ts";
import { Table, typed, withPlayers } from "./referee_table.ts";
import type { Report } from "./report.ts";

const move = (action: string, value?: unknown, game = "contract") => ({
  type: "move",
  game,
  action,
  ...value !== undefined && { value },
});

interface Row extends Report {
  check: Record<string, unknown>;
  value: unknown;
  /** Whether the clause is met; or a value that can be stated after this one was refused. */
  right: boolean | { refused: RegExp; then: unknown };
}

const number = (then: unknown) => ({ refused: /want a number.*"value":99\.7/s, then });
const STATED: Row[] = [
  {
    report: 1782,
    what: "a number as a text",
    check: { at_least: 99.5 },
    value: "99.9",
    right: true,
  },
  { what: "too low a number as a text", check: { at_least: 99.5 }, value: "99.4", right: false },
  { what: "a number above, as a text", check: { at_most: 5 }, value: " 5.5 ", right: false },
  { what: "with an exponent", check: { at_most: 5 }, value: "5e-1", right: true },
  { what: "a per cent sign", check: { at_least: 99.5 }, value: "99.9 %", right: number(99.9) },
  { what: "a comma", check: { at_least: 99.5 }, value: "99,9", right: number("99.9") },
  { what: "a word for a number", check: { at_least: 5 }, value: "high", right: number(6) },
  { what: "true for a number", check: { at_least: 5 }, value: true, right: number(6) },
  { what: "no value", check: { at_least: 5 }, value: null, right: number(6) },
  { what: "an equal number as a text", check: { equals: 5 }, value: "5.0", right: true },
  { what: "a word for an equal number", check: { equals: 5 }, value: "five", right: number(5) },
  { what: "true as a text", check: { equals: true }, value: "True", right: true },
  { what: "no", check: { equals: true }, value: "no", right: false },
  {
    what: "maybe",
    check: { equals: true },
    value: "maybe",
    right: { refused: /want true or false/, then: true },
  },
  { what: "case and spaces", check: { equals: "Sky blue" }, value: " SKY  blue", right: true },
  { what: "another text", check: { equals: "Sky blue" }, value: "blue", right: false },
  { what: "a number for a text", check: { equals: "5" }, value: 5, right: true },
];

interface Proposal extends Report {
  check: unknown;
  right: RegExp;
}

const e = { evidence: "e" };
const PROPOSED: Proposal[] = [
  {
    what: "bounds that nothing meets",
    check: { ...e, at_least: 5, at_most: 4 },
    right: /at least 5 and/,
  },
  { what: "a bound as a text", check: { ...e, at_least: "5" }, right: /at_least must be a number/ },
  {
    what: "a text beside a bound",
    check: { ...e, at_most: 5, equals: "x" },
    right: /equals must be/,
  },
  { what: "a number beyond a bound", check: { ...e, at_most: 5, equals: 6 }, right: /not within/ },
  { what: "an unknown field", check: { ...e, atLeast: 5 }, right: /no "atLeast".*at_least/s },
  { what: "no evidence", check: { at_least: 5 }, right: /check\.evidence/ },
  { what: "no object", check: "uptime > 5", right: /A check is \{ evidence/ },
  {
    what: "a party by another name",
    check: { ...e, from: "p2" },
    right: /bob and p2 are one player.*write "bob"/,
  },
  { what: "a witness who is not there", check: { ...e, from: "zoe" }, right: /Nobody here is zoe/ },
  { what: "a past deadline", check: { ...e, by: "2020-01-01T00:00:00Z" }, right: /has passed/ },
  { what: "a date", check: { ...e, by: "2100-01-01" }, right: /time with its zone/ },
  { what: "no zone", check: { ...e, by: "2100-01-01T00:00:00" }, right: /time with its zone/ },
  { what: "words", check: { ...e, by: "tomorrow" }, right: /time with its zone/ },
  {
    what: "a day that there is not",
    check: { ...e, by: "2100-02-30T00:00:00Z" },
    right: /its zone/,
  },
  { what: "a time as a number", check: { ...e, by: 4102444800 }, right: /its zone/ },
];

const LABELS = ["ada", "bob", "mona"];
const PARTIES = { parties: ["ada", "bob"] };

const open = async (clients: McpClient[], clauses: unknown[] = [], more = {}) => {
  const table = await Table.open(clients, "ContractJudge", LABELS, {
    ...PARTIES,
    clauses,
    ...more,
  });
  // Not before all roles are filled.
  if (clauses.length > 0) await table.until(({ body }) => body?.roles?.bob !== undefined);
  return table;
};

async function accepted(clients: McpClient[], clauses: unknown[], more = {}): Promise<Table> {
  const table = await open(clients, clauses, more);
  const { body: { terms_hash } } = await table.until(typed("terms"));
  for (const player of [1, 2]) {
    const answers = await table.answers(player, `I accept ${terms_hash}.`);
    assert.equal(answers[0].type, "accepted", answers[0].details);
  }
  return table;
}

Deno.test("a contract as people make it", async (t) => {
  await withPlayers(async (clients) => {
    await t.step("its first post names the game and the shapes, with examples", async () => {
      const table = await open(clients);
      const { body } = await table.until(typed("prompt"));
      assert.equal(body.game, "contract");
      assert.deepEqual(Object.keys(body.values).sort(), [
        ...["accept", "claim", "evidence", "propose", "rule", "settle"],
      ]);
      assert.ok(body.check.evidence && body.check_text && body.arbiter.example);
      // The examples are right: a proposal of them is on the table.
      await table.until(({ body }) => body?.label === "mona");
      const { title, clauses } = body.values.propose;
      const checked = [{ ...clauses[0], check: body.check }];
      const [terms] = await table.answers(1, move("propose", { title, clauses: checked }));
      assert.equal(terms.type, "terms", terms.details);
    });
    await t.step("evidence", async (t) => {
      const clauses = STATED.map(({ check }, i) => ({
        id: `${i}`,
        text: "x",
        check: { evidence: `e${i}`, from: "ada", ...check },
      }));
      const table = await accepted(clients, clauses);
      for (const [i, { value, right }] of STATED.entries()) {
        const state = (value: unknown) =>
          table.answers(1, move("evidence", { name: `E${i}`, value }));
        let [answer] = await state(value);
        if (typeof right === "object") {
          assert.equal(answer.reason, "BAD_EVIDENCE");
          assert.match(answer.details, right.refused);
          [answer] = await state(right.then);
        }
        assert.equal(answer.what, "evidence", answer.details);
      }
      const [{ findings }] = await table.answers(1, "Judge.");
      for (const [i, { what, right }] of STATED.entries()) {
        await t.step(what, () => {
          assert.equal(findings[i].met, typeof right === "object" ? true : right);
        });
      }
    });
    await t.step("terms", async (t) => {
      const table = await open(clients);
      await table.until(({ body }) => body?.label === "mona");
      for (const { what, check, right } of PROPOSED) {
        await t.step(what, async () => {
          const clauses = [{ id: "1", text: "x", check }];
          const [refused] = await table.answers(1, move("propose", { clauses }));
          assert.equal(refused.reason, "BAD_TERMS");
          assert.match(refused.details, right);
        });
      }
      const clauses = [{ id: "1", text: "x", check: { ...e, by: "2100-01-01T00:00:00+02:00" } }];
      const [terms] = await table.answers(
        1,
        move("Propose", JSON.stringify({ clauses }), "Contract"),
      );
      assert.deepEqual([terms.type, terms.judged_by], ["terms", "the checks"]);
      for (const text of ["I agree", "accept", "agree to the terms", "Agreed!", "Deal."]) {
        await t.step(`a text that accepts no hash: ${text}`, async () => {
          const [refused] = await table.answers(2, text);
          assert.equal(refused.reason, "WRONG_HASH");
          assert.ok(refused.details.includes(`value "${terms.terms_hash}"`));
        });
      }
      await t.step("chat", () => table.ignores(2, "I agree with what Ada says", "accept"));
      await t.step("a third without a role is told so", async () => {
        const [refused] = await table.answers(3, move("accept", terms.terms_hash));
        assert.match(refused.details, /You have no role here/);
      });
    });
    await t.step(
      "impossible terms as parameters are refused when the bot is attached",
      async () => {
        for (
          const [params, says] of [
            [
              { clauses: [{ id: "1", text: "x", check: { ...e, at_least: 5, at_most: 4 } }] },
              /at least 5/,
            ],
            [{ parties: ["ada"] }, /parties/],
            [{ arbiter: "ada" }, /arbiter/],
          ] as const
        ) {
          const created = await clients[0]!.call("create_channel", {
            name: "x",
            slots: ["bot:judge", "invite:ada", "invite:bob"],
            bot_preset: "ContractJudge",
            bot_params: { ...PARTIES, ...params },
          }).catch(String);
          assert.match(JSON.stringify(created.bot_errors ?? created), says);
        }
      },
    );
    const due = [{
      id: "1",
      text: "Mona measures.",
      party: "ada",
      check: { evidence: "uptime", from: "mona", at_least: 1 },
    }];
    const remove = (table: Table, slot_id: string) =>
      table.call(1, "update_channel", { ops: [{ type: "yield_slot", slot_id }] });
    await t.step("an admin removes a party: there is no verdict", async () => {
      const table = await accepted(clients, due);
      await remove(table, "s2");
      const { body } = await table.until(typed("bot:end"));
      assert.equal(body.result.verdict, null);
      assert.equal("winner" in body.result, false);
    });
    await t.step("an admin removes a witness, whose silence says nothing", async () => {
      const table = await accepted(clients, due);
      await remove(table, "s3");
      await table.until(typed("role_left"));
      const [{ findings }] = await table.answers(2, "judge");
      assert.deepEqual(findings.map(({ met }: Wire) => met), [null]);
      assert.match(findings[0].because, /an admin removed mona/);
    });
    await t.step("the case waits for evidence, and then for the parties", async () => {
      const table = await accepted(clients, due);
      const { body: agreed } = await table.until(typed("agreement"));
      const waits = ({ now }: Wire) =>
        now.may.map(({ player, actions }: Wire) => [player, actions.join()]);
      assert.deepEqual(waits(agreed), [["p3", "evidence"]]);
      const [state] = agreed.now.legal_moves;
      assert.deepEqual(state, { action: "evidence", value: { name: "uptime", value: 1 } });
      const [offered] = await table.answers(1, move("settle", "Both are even."));
      assert.deepEqual(waits(offered), [["p2", "settle"], ["p3", "evidence"]]);
      const [recorded] = await table.answers(3, move("evidence", state.value));
      assert.deepEqual(waits(recorded), [["p2", "settle,judge"]]);
      assert.deepEqual(recorded.now.position, {
        phase: "in_force",
        met: { 1: true },
        offer: "Both are even.",
      });
      const [declined] = await table.answers(2, move("claim", { clause: "1" }));
      assert.deepEqual(waits(declined), [["p1", "judge"], ["p2", "judge"]]);
    });
    await t.step("a move that was sent twice is late, and who has no role is told so", async () => {
      const table = await open(clients);
      const { body } = await table.until(typed("not_playing"));
      assert.deepEqual(body.players, ["p3"]);
      const first = { ...move("propose", { clauses: [{ id: "1", text: "x" }] }), answers: 9_999 };
      const [{ now, terms_hash }] = await table.answers(1, first);
      assert.deepEqual(now.legal_moves, [{ action: "accept", value: terms_hash }]);
      const { id } = await table.until(typed("terms"));
      const [late] = await table.answers(2, { ...first, answers: id - 1 });
      assert.equal(late.reason, "LATE");
    });
    await t.step("a party who leaves stays bound", async () => {
      const table = await accepted(clients, due);
      await table.call(2, "leave_channel", {});
      const { body } = await table.until(typed("role_left"));
      assert.deepEqual([body.reason, body.still_bound], ["left", true]);
    });
    await t.step("evidence that no check counts is noted as such", async () => {
      const table = await accepted(clients, due);
      const [others] = await table.answers(1, move("evidence", { name: "uptime", value: 2 }));
      assert.match(others.note, /what mona states/);
      const [unasked] = await table.answers(1, move("evidence", { name: "up time", value: 2 }));
      assert.match(unasked.note, /ask for: uptime/);
      const [late] = await table.answers(1, { ...move("judge"), answers: 2 });
      assert.equal(late.reason, "LATE");
      const [alias] = await table.answers(3, move("evidence", { evidence: "uptime", value: "2" }));
      assert.deepEqual([alias.what, alias.note], ["evidence", undefined]);
    });
  });
});
