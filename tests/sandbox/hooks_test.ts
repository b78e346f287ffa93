import assert from "node:assert/strict";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { ECHO_BOT, initJob, job, onlyPost } from "./job.ts";

const OPTIONS = { hosts: 2, hookTimeoutMs: 30_000 };

Deno.test("run() keeps the promises of docs/bots.md", async (t) => {
  const sandbox = await openSandbox(OPTIONS);

  await t.step("EchoBot, in TypeScript with parameter properties", async () => {
    const echo = { language: "typescript", class_name: "EchoBot" } as const;
    const init = await sandbox.run(job(ECHO_BOT, echo));
    assert.deepEqual(onlyPost(init), { text: "Echo ready" });
    const message = { kind: "user", body: { text: "hé\u2028\n" } };
    const said = await sandbox.run(job(ECHO_BOT, { ...echo, hook: "on_message", args: [message] }));
    assert.deepEqual(said, {
      kind: "done",
      posts: [{ kind: "bot", body: { echo: message.body } }],
      state: null,
      state_set: false,
    });
  });

  await t.step("a hook that the class does not have is done, with no posts", async () => {
    const outcome = await sandbox.run(job("class Bot {}", { hook: "on_leave", args: ["p1"] }));
    assert.deepEqual(outcome, { kind: "done", posts: [], state: null, state_set: false });
  });

  await t.step("a hook gets the reason of a leave", async () => {
    const source = `class Bot {
      constructor(ctx) { this.ctx = ctx; }
      on_leave(player_id, reason) { this.ctx.post("bot", { player_id, reason }); }
    }`;
    const outcome = await sandbox.run(job(source, { hook: "on_leave", args: ["p1", "removed"] }));
    assert.deepEqual(onlyPost(outcome), { player_id: "p1", reason: "removed" });
  });

  await t.step("an async hook is done when nothing is left to do", async () => {
    const outcome = await sandbox.run(initJob(`
      const seen = [];
      setTimeout((x) => seen.push(x), 20, "late");
      clearTimeout(setTimeout(() => seen.push("never"), 5));
      setTimeout(() => seen.push("soon"), 10);
      queueMicrotask(() => seen.push("microtask"));
      await new Promise((resolve) => setTimeout(resolve, 3_600_000));
      this.ctx.post("bot", { seen });
      setTimeout(() => this.ctx.post("bot", "after its promise"), 1);`));
    assert.ok(outcome.kind === "done", JSON.stringify(outcome));
    assert.deepEqual(outcome.posts.map(({ body }) => body), [
      { seen: ["microtask", "soon", "late"] },
      { text: "after its promise" },
    ]);
  });

  await t.step(
    "get_state() returns a new copy each time, and set_state() replaces the state",
    async () => {
      const outcome = await sandbox.run(
        initJob(
          `const state = this.ctx.get_state(); state.n++; state.list.push("new");
         const untouched = this.ctx.get_state();
         this.ctx.set_state(state); state.n = 99;
         this.ctx.post("bot", { untouched, now: this.ctx.get_state() });`,
          { state: { n: 1, list: [] } },
        ),
      );
      assert.deepEqual(onlyPost(outcome), {
        untouched: { n: 1, list: [] },
        now: { n: 2, list: ["new"] },
      });
      assert.equal(outcome.kind === "done" && outcome.state_set, true);
      assert.deepEqual(outcome.kind === "done" && outcome.state, { n: 2, list: ["new"] });
    },
  );

  await t.step("parameters, players and env are given", async () => {
    const players = [{ player_id: "p1", display_name: "Ada" }];
    const outcome = await sandbox.run(initJob(
      `this.ctx.post("control", { params: this.params, players: this.ctx.players(), env: this.ctx.env,
        frozen: Object.isFrozen(this.ctx) && Object.isFrozen(this.ctx.env) });`,
      { params: { rounds: 3 }, players },
    ));
    assert.deepEqual(onlyPost(outcome), {
      params: { rounds: 3 },
      players,
      env: {},
      frozen: true,
    });
  });

  await t.step("the documented globals exist and work", async () => {
    const outcome = await sandbox.run(initJob(`
      console.log("gone"); console.error(1, {});
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode("abc"));
      this.ctx.post("bot", {
        hash: Array.from(new Uint8Array(hash).slice(0, 4)),
        url: new URL("../b?q=1#h", "https://example.org/a/c").href,
        params: [{ a: "1 2" }, [["a", "1 2"]], "a=1 2"].map((x) => new URLSearchParams(x).toString()),
        linked: (() => { const url = new URL("https://a.org/?x=1"); url.searchParams.set("x", 2); return url.href })(),
        headers: new Headers({ "X-A": "1" }).get("x-a"),
        text: new TextDecoder().decode(new Uint8Array([0xc3, 0xa9])),
        base64: atob(btoa("hello")),
        clone: structuredClone({ a: [1] }),
        zone: new Date(0).getTimezoneOffset(),
      });`));
    assert.deepEqual(onlyPost(outcome), {
      hash: [0xba, 0x78, 0x16, 0xbf],
      url: "https://example.org/b?q=1#h",
      params: ["a=1+2", "a=1+2", "a=1+2"],
      linked: "https://a.org/?x=2",
      headers: "1",
      text: "é",
      base64: "hello",
      clone: { a: [1] },
      zone: 0,
    });
  });

  await t.step("no other globals of a host exist", async () => {
    const outcome = await sandbox.run(initJob(`
      const names = ["Deno", "process", "require", "WebAssembly", "Worker", "XMLHttpRequest", "WebSocket",
        "navigator", "self", "window", "global", "eval", "WeakRef", "gc", "std", "os", "scriptArgs", "print"];
      this.ctx.post("bot", { found: names.filter((name) => name in globalThis) });`));
    assert.deepEqual(onlyPost(outcome), { found: [] });
  });

  await sandbox.close();
});

Deno.test("run() is a function of its job", async (t) => {
  const first = await openSandbox({ ...OPTIONS, hosts: 1 });
  const second = await openSandbox({ ...OPTIONS, hosts: 1 });
  const observe = `
    const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    this.ctx.post("bot", {
      random: Array.from({ length: 100 }, Math.random),
      bytes: Array.from(crypto.getRandomValues(new Uint8Array(100))),
      uuid: crypto.randomUUID(),
      key: Array.from(new Uint8Array(await crypto.subtle.exportKey("raw", key))),
      now: [Date.now(), new Date().toISOString(), performance.now()],
      leftover: globalThis.leftover,
    });
    globalThis.leftover = "of the hook before";`;

  await t.step(
    "equal jobs give equal bytes in another process, and again in the same one",
    async () => {
      await first.run(
        initJob("globalThis.leftover = 1; Array.prototype.map = null; Math.random();"),
      );
      const outcomes = [
        await first.run(initJob(observe)),
        await second.run(initJob(observe)),
        await first.run(initJob(observe)),
      ].map((outcome) => JSON.stringify(outcome));
      assert.equal(new Set(outcomes).size, 1);
      const seen = JSON.parse(outcomes[0]!).posts[0].body;
      assert.deepEqual(seen.now, [1795435200000, "2026-11-23T12:00:00.000Z", 1795435200000]);
      assert.equal(seen.leftover, undefined);
      assert.ok(seen.random.every((x: number) => x >= 0 && x < 1));
      assert.equal(new Set(seen.random).size, 100);
    },
  );

  await t.step("another seed gives other bytes", async () => {
    const one = onlyPost(await first.run(initJob(observe)));
    const two = onlyPost(await first.run(initJob(observe, { seed: "5b".repeat(32) })));
    for (const name of ["random", "bytes", "uuid", "key"]) {
      assert.notDeepEqual(one[name], two[name], name);
    }
  });

  await t.step(
    "the random bytes are those of the seed: pinned, so that old games replay",
    async () => {
      const outcome = await first.run(
        initJob("this.ctx.post('bot', { n: Math.random(), id: crypto.randomUUID() });"),
      );
      assert.deepEqual(onlyPost(outcome), {
        n: 0.1750978511391924,
        id: "53d82d76-73e2-49be-8857-46fe9495400c",
      });
    },
  );

  await t.step("a budget ends at the same point", async () => {
    const counting = initJob(
      "let n = 0; this.ctx.set_state(0); try { while (true) { n++; if (n % 1e6 === 0) globalThis.n = n; } } finally { }",
    );
    assert.deepEqual(await first.run(counting), { kind: "out_of_budget" });
    assert.deepEqual(await second.run(counting), { kind: "out_of_budget" });
  });

  await first.close();
  await second.close();
});
