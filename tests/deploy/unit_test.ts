/** deploy/mcp-multiplayer.service, as systemd reads it. */
import assert from "node:assert/strict";
import { installed } from "../support/reverse_proxy.ts";

const UNIT = new URL("../../deploy/mcp-multiplayer.service", import.meta.url).pathname;
const canRun = installed("systemd-analyze");
if (!canRun) console.log("NOT RUN without systemd-analyze: deploy/mcp-multiplayer.service");

/** Ten times the exposure that `systemd-analyze security` finds: up to 100. */
const MOST_EXPOSED = 20;

async function analyze(...args: string[]): Promise<[success: boolean, text: string]> {
  const { success, stdout, stderr } = await new Deno.Command("systemd-analyze", {
    args: ["--no-pager", ...args],
  }).output();
  return [success, new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)];
}

Deno.test({
  name: "systemd takes each line of the unit, and finds it hardly exposed",
  ignore: !canRun,
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      // It looks for the program and for the documentation.
      const text = (await Deno.readTextFile(UNIT))
        .replace("ExecStart=deno ", `ExecStart=${Deno.execPath()} `)
        .replaceAll(
          "file:/opt/mcp-multiplayer/",
          `file:${new URL("../../", import.meta.url).pathname}`,
        );
      const path = `${folder}/mcp-multiplayer.service`;
      await Deno.writeTextFile(path, text);
      const [verified, complaints] = await analyze("verify", "--man=no", path);
      assert.ok(verified, complaints);
      assert.ok(!complaints.includes("mcp-multiplayer.service"), complaints);
      const [hardened, table] = await analyze(
        "security",
        "--offline=yes",
        `--threshold=${MOST_EXPOSED}`,
        path,
      );
      assert.ok(hardened, table);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("the unit starts the start task where docs/deploy.md puts it, and stops it in time", async () => {
  const unit = await Deno.readTextFile(UNIT);
  assert.match(unit, /^ExecStart=deno task start$/m);
  assert.match(unit, /^WorkingDirectory=\/opt\/mcp-multiplayer$/m);
  // SIGTERM to all would kill sandbox hosts in the middle of hooks.
  assert.match(unit, /^KillMode=mixed$/m);
  const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit)!;
  assert.ok(Number(seconds) > 8, "longer than the server lets hooks finish");
  assert.doesNotMatch(unit, /^MemoryDenyWriteExecute=(yes|true)/m);
});
