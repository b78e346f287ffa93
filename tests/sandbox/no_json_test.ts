/** What a JavaScript bot leaves behind is JSON: a value that JSON would change is refused, with its
 *  path and what to write instead. */
import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { initJob, onlyPost } from "./job.ts";

const CANNOT = "which JSON cannot hold:";

/** Expressions, with what is told of them at `body.at`. */
const REFUSED: Record<string, string> = {
  "new Map([[1, 2]])": `is a Map, ${CANNOT} write Object.fromEntries(map)`,
  "new (class Deck extends Map {})()": `is a Map, ${CANNOT} write Object.fromEntries(map)`,
  "new Set([1])": `is a Set, ${CANNOT} write [...set]`,
  "NaN": `is NaN, ${CANNOT} write null or a string`,
  "1 / 0": `is Infinity, ${CANNOT} write null or a string`,
  "-Infinity": `is -Infinity, ${CANNOT} write null or a string`,
  "10n": `is a BigInt, ${CANNOT} write it as a string`,
  "() => 1": `is a function, ${CANNOT} call it, or leave it out`,
  "Symbol('x')": `is a Symbol, ${CANNOT} write a string`,
  "(async () => 1)()": `is a Promise, ${CANNOT} await it`,
  "new Error('x')": `is an Error, ${CANNOT} write its message`,
  "/x/": `is a RegExp, ${CANNOT} write its source`,
  "new Date('never')": `is an invalid Date, ${CANNOT} write null or a string`,
  "new Uint8Array(2)": `is an array of bytes or numbers, ${CANNOT} write [...array]`,
  "new ArrayBuffer(2)": `is an ArrayBuffer, ${CANNOT} write [...new Uint8Array(buffer)]`,
  "[1].values()": `is an iterator, ${CANNOT} write [...iterator]`,
  "(function* () {})()": `is an iterator, ${CANNOT} write [...iterator]`,
  "new URLSearchParams('a=1')": `is a URLSearchParams, ${CANNOT} write it as a string`,
  "new Headers()": `is a Headers, ${CANNOT} write Object.fromEntries(headers)`,
  "new (class { #rank = 1 })()":
    "is an object of a class without public fields: give it a toJSON()",
};
const PATHS: Record<string, string> = {
  "[[1], [2, NaN]]": "body.at[1][1] is NaN",
  "{ a: { 'b c': [{ $d: NaN }] } }": 'body.at.a["b c"][0].$d is NaN',
  "new (class { hands = { p1: new Set() } })()": "body.at.hands.p1 is a Set",
};

Deno.test("what a JavaScript bot leaves is JSON", async (t) => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000 });
  const failure = async (body: string) => {
    const outcome = await sandbox.run(initJob(body));
    assert.ok(outcome.kind === "threw", JSON.stringify(outcome));
    assert.equal(outcome.line, 2);
    return outcome.message;
  };
  for (const [value, told] of Object.entries(REFUSED)) {
    await t.step(`refuses ${value}`, async () => {
      assert.equal(
        await failure(`this.ctx.post("bot", { at: ${value} })`),
        `TypeError: ctx.post: body.at ${told}`,
      );
    });
  }
  for (const [value, told] of Object.entries(PATHS)) {
    await t.step(`tells the path in ${value}`, async () => {
      const message = await failure(`this.ctx.post("bot", { at: ${value} })`);
      assert.ok(message.startsWith(`TypeError: ctx.post: ${told}`), message);
    });
  }
  await t.step("in a state, a result, a whole body and the scratch folder", async () => {
    assert.match(await failure("this.ctx.set_state(new Set())"), /ctx\.set_state: state is a Set/);
    assert.match(await failure("this.ctx.end([new Map()])"), /ctx\.end: result\[0\] is a Map/);
    assert.match(await failure("this.ctx.post('bot', new Map())"), /ctx\.post: body is a Map/);
    assert.match(await failure("this.ctx.workspace.write('a', {})"), /write JSON\.stringify\(it\)/);
    assert.match(
      await failure("const o = {}; o.o = o; this.ctx.set_state(o)"),
      /nests too deeply, or contains itself/,
    );
  });
  await t.step("takes what JSON holds, and what says itself how", async () => {
    const outcome = await sandbox.run(initJob(
      `this.ctx.post("bot", { d: new Date(0), u: new URL("https://a.org/"), none: undefined,
         list: [undefined, null], n: -1e21, c: new (class { x = 1; get y() { return 2 } })(),
         o: Object.create(null), t: { toJSON: () => "told" }, e: {}, l: [] });`,
    ));
    assert.deepEqual(onlyPost(outcome), {
      d: "1970-01-01T00:00:00.000Z",
      u: "https://a.org/",
      list: [null, null],
      n: -1e21,
      c: { x: 1 },
      o: {},
      t: "told",
      e: {},
      l: [],
    });
  });
  await sandbox.close();
});
