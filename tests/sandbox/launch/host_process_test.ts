import assert from "node:assert/strict";
import { openSandbox } from "../../../src/sandbox/open_sandbox.ts";
import { descendants, gone } from "../../support/process.ts";
import { fakeDeno } from "../fake_deno.ts";
import { initJob, onlyPost } from "../job.ts";

Deno.test("a host that sends anything but the expected answer is killed", async (t) => {
  await using deno = await fakeDeno();
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 30_000, denoPath: deno.path });
  const attacks = [
    "no nonce",
    "another nonce",
    "no JSON",
    "another kind",
    "a body too large",
    "a body too deep",
    "an endless line",
    "stuck",
    "exit",
  ];
  for (const attack of attacks) {
    await t.step(attack, async () => {
      const outcome = await sandbox.run(initJob("", { params: { attack } }));
      assert.equal(outcome.kind, "killed");
      assert.deepEqual(onlyPost(await sandbox.run(initJob(""))), { now: 1_000 });
    });
  }
  await sandbox.close();
});

Deno.test("openSandbox() reports why it fails", async () => {
  const options = { hosts: 1, hookTimeoutMs: 1_000 };
  await assert.rejects(
    openSandbox({ ...options, denoPath: "/nowhere/deno" }),
    /^Error: Cannot start a sandbox host with \/nowhere\/deno: /,
  );
  await assert.rejects(openSandbox({ ...options, denoPath: "/bin/false" }), /did not answer/);
  await using leaking = await fakeDeno({ flaw: "open walls" });
  await assert.rejects(openSandbox({ ...options, denoPath: leaking.path }), /may use net, read$/);
  await using wrong = await fakeDeno({ flaw: "a broken clock" });
  await assert.rejects(openSandbox({ ...options, denoPath: wrong.path }), /the test bot gave/);
});

/** Runs `lone_server.ts` until it reports that it is ready. */
async function loneServer(mode: "busy" | "closed") {
  const script = new URL("../lone_server.ts", import.meta.url).pathname;
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-all", script, mode],
    stdout: "piped",
  }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: said } = await reader.read();
  return {
    pid: server.pid,
    said: said?.trim(),
    async kill() {
      server.kill("SIGKILL");
      await server.status;
      await reader.cancel();
    },
  };
}

Deno.test("close() leaves no process and refuses running hooks", async () => {
  const server = await loneServer("closed");
  assert.equal(server.said, "UNAVAILABLE");
  assert.deepEqual(await descendants(server.pid), []);
  await server.kill();
});

Deno.test("close() ends hosts that are starting", async () => {
  await using deno = await fakeDeno();
  const sandbox = await openSandbox({ hosts: 4, hookTimeoutMs: 30_000, denoPath: deno.path });
  await sandbox.close();
  const started = await deno.started();
  assert.equal(started.length, 4 + 1, "and the spare one");
  await gone(started);
});

Deno.test("a host that dies while it is idle is replaced", async () => {
  const server = await loneServer("busy");
  const before = await descendants(server.pid);
  assert.ok(before.length >= 2, `${before.length} hosts`);
  for (const pid of before) Deno.kill(pid, "SIGKILL");
  await gone(before);
  const back = async () => (await descendants(server.pid)).filter((pid) => !before.includes(pid));
  while ((await back()).length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  await server.kill();
});

Deno.test("hosts end when their server is killed, even in the middle of a hook", async () => {
  const server = await loneServer("busy");
  const hosts = await descendants(server.pid);
  assert.ok(hosts.length >= 2, `${hosts.length} hosts`);
  await server.kill();
  await gone(hosts);
});
