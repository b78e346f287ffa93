/** A hook ends by its fuel, at the same point on every machine. A replay has enough time for that
 *  even on a slow machine. */
import assert from "node:assert/strict";
import { replayerOn } from "../../src/channels/proof/replayer.ts";
import type { HostLanguage } from "../../src/sandbox/pool/host.ts";
import { startHostProcess } from "../../src/sandbox/launch/host_process.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import type { Request } from "../../src/sandbox/wire/protocol.ts";
import { initJob } from "./job.ts";
import { pythonInitJob } from "./python_job.ts";

const RUNAWAY = { javascript: initJob("for (;;);"), python: pythonInitJob("while True: pass") };

/** A host whose time limit no hook here can meet on any machine. */
const hastyHost = (language: HostLanguage) =>
  startHostProcess({
    language,
    hookTimeoutMs: 100,
    denoPath: Deno.execPath(),
    network: { schemes: "off", denied: [] },
  });

for (const language of ["javascript", "python"] as const) {
  Deno.test(`a replayed ${language} hook may take longer than the first run`, async () => {
    const job = RUNAWAY[language];
    const first = await hastyHost(language);
    assert.equal((await first.ask({ kind: "run", job })).kind, "killed");
    await first.end();
    const again = await hastyHost(language);
    const answer = await again.ask({ kind: "run", job, recorded: [] });
    assert.ok(answer.kind === "ran");
    assert.deepEqual(answer.outcome, { kind: "out_of_budget" });
    await again.end();
  });
}

Deno.test("a repeated inspection may take longer than the first", async () => {
  const source = `export default class Slow {}\nfor (;;);`;
  const look: Request = { kind: "inspect", source, hooks: [] };
  const first = await hastyHost("javascript");
  assert.equal((await first.ask(look)).kind, "killed");
  await first.end();
  const again = await hastyHost("javascript");
  const answer = await again.ask({ ...look, again: true });
  assert.equal(answer.kind, "inspected");
  await again.end();
});

/** A program for `denoPath`, and the process ids of the hosts that it started. */
async function watchedDeno() {
  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  const [path, pids] = [`${folder}/deno`, `${folder}/pids`];
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\necho $$ >> "${pids}"\nexec "${Deno.execPath()}" "$@"\n`,
  );
  await Deno.chmod(path, 0o755);
  return {
    path,
    started: async () => (await Deno.readTextFile(pids)).trim().split("\n").map(Number),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("a replay gives the same outcome even if its host is suspended for longer than a hook may take", async () => {
  await using deno = await watchedDeno();
  const hookTimeoutMs = 3_000;
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs, denoPath: deno.path });
  try {
    const [pid] = await deno.started();
    const replayed = replayerOn(sandbox).run(RUNAWAY.javascript, []);
    Deno.kill(pid!, "SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, hookTimeoutMs + 1_500));
    Deno.kill(pid!, "SIGCONT");
    assert.deepEqual((await replayed).outcome, { kind: "out_of_budget" });
  } finally {
    await sandbox.close();
  }
});
