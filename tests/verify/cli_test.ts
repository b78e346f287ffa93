/** `deno task verify` as people and scripts use it: its output and its exit codes. */
import assert from "node:assert/strict";
import { ChannelExport } from "../../src/domain/proof/channel_export.ts";
import { ofType, roomOf, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { exportOf, runVerify } from "../support/verifier.ts";
import { Forger } from "./forger.ts";
import { SERVER_KEY } from "./genuine.ts";

const CONFIG = new URL("../../deno.json", import.meta.url).pathname;
const GUESSING = { slots: ["bot:referee", "invite:alice", "invite:bob"], bot_preset: "GuessBot" };

Deno.test("the verify task", async (t) => {
  await using server = await testServer({ signingKey: SERVER_KEY });
  const { players: [alice, bob] } = await roomOf(server.url, GUESSING, 2);
  const posted = await alice!.say("good luck", { receipt: true });
  const read = await alice!.readUntil(ofType("bot:turn"));
  const { player } = read.findLast(ofType("bot:turn")).body;
  await [alice!, bob!].find(({ player_id }) => player_id === player)!.guess(50);
  const judged = (m: Wire) => ofType("judge")(m) || ofType("bot:end")(m);
  await alice!.readUntil(judged);
  const text = await exportOf(alice!);
  const genuine = ChannelExport.parse(JSON.parse(text));
  const { url } = await bob!.call("export_channel", { channel_id: bob!.channel_id });

  const folder = await Deno.makeTempDir({ prefix: "mcp-multiplayer-" });
  const saved = async (name: string, text: string) => {
    const path = `${folder}/${name}`;
    await Deno.writeTextFile(path, text);
    return path;
  };
  /** A file in which the server itself has changed the history. */
  const forged = async (name: string, rewrite: (file: ChannelExport) => void) => {
    const forger = new Forger(genuine);
    rewrite(forger.file);
    forger.mend(SERVER_KEY);
    return await saved(name, JSON.stringify(forger.file));
  };
  const refused = async (args: string[], check: string): Promise<Wire> => {
    const { code, stdout, stderr } = await runVerify([...args, "--json", "--no-replay"]);
    assert.equal(code, 1, stderr);
    const report = JSON.parse(stdout);
    assert.equal(report.ok, false);
    const wrong = report.checks.find(({ verdict }: Wire) => verdict === "failed");
    assert.equal(wrong.check, check, JSON.stringify(wrong));
    return wrong;
  };

  try {
    const file = await saved("channel.json", text);
    const receipt = await saved("receipt.txt", posted.receipt.checkpoint);
    const { public_key } = genuine.keys[0]!;

    await t.step("prints one line per check and a verdict, and exits with 0", async () => {
      const { code, stdout, stderr } = await runVerify([file, "--receipt", receipt]);
      assert.equal(code, 0, stdout + stderr);
      const lines = stdout.trimEnd().split("\n");
      assert.ok(lines.slice(0, -1).every((line) => /^[✔?] [a-z]+ /.test(line)), stdout);
      assert.match(lines.at(-1)!, /^VERIFIED: chn_/);
      assert.equal(stderr, "");
    });

    await t.step("paths are relative to the caller's folder, not the repository", async () => {
      // A nested task inherits INIT_CWD, here from the task that runs these tests.
      const { INIT_CWD: _, ...env } = Deno.env.toObject();
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        clearEnv: true,
        env,
        args: ["task", "--quiet", "--config", CONFIG, "verify", "channel.json", "--no-replay"],
        cwd: folder,
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
    });

    await t.step("--json prints the report as JSON, also for a link", async () => {
      const { code, stdout, stderr } = await runVerify([url, "--json", "--key", public_key]);
      assert.equal(code, 0, stdout + stderr);
      const report = JSON.parse(stdout);
      assert.equal(report.channel_id, genuine.channel_id);
      assert.equal(report.entries, genuine.entries.length);
      const { verdict } = report.checks.find(({ check }: Wire) => check === "signature");
      assert.equal(verdict, "passed");
    });

    await t.step("a receipt may be the whole answer that contained it", async () => {
      const answer = await saved("answer.json", JSON.stringify(posted));
      const { code, stdout } = await runVerify([file, "--no-replay", "--receipt", answer]);
      assert.equal(code, 0, stdout);
    });

    await t.step("a receipt may be the result of an MCP tool", async () => {
      const _meta = { "mcp-multiplayer/receipt": posted.receipt };
      const result = await saved("result.json", JSON.stringify({ content: [], _meta }));
      const { code, stdout } = await runVerify([file, "--no-replay", "--receipt", result]);
      assert.equal(code, 0, stdout);
    });

    await t.step("names a changed entry, and exits with 1", async () => {
      const { msg_id } = posted;
      const changed = structuredClone(genuine);
      changed.entries[msg_id - 1]!.body = { text: "bad luck" };
      const path = await saved("changed.json", JSON.stringify(changed));
      assert.equal((await refused([path], "hashes")).id, msg_id);
      const { code, stdout } = await runVerify([path]);
      assert.equal(code, 1);
      assert.match(stdout, new RegExp(`✘ hashes +entry ${msg_id}: `));
      assert.match(stdout, /^NOT VERIFIED/m);
    });

    await t.step("a receipt shows history that the server truncated or forked", async () => {
      const { msg_id } = posted;
      const truncated = await forged("truncated.json", ({ entries }) => {
        entries.splice(msg_id - 1);
      });
      const wrong = await refused([truncated, "--receipt", receipt], "receipt");
      assert.match(wrong.text, /truncated/);
      const forked = await forged("forked.json", ({ entries }) => {
        entries[msg_id - 1]!.body = { text: "bad luck" };
      });
      assert.match((await refused([forked, "--receipt", receipt], "receipt")).text, /forked/);
    });

    await t.step("refuses a file that the trusted key has not signed", async () => {
      await refused([file, "--key", new Uint8Array(32).toBase64()], "signature");
    });

    await t.step("refuses JSON that is not an export", async () => {
      await refused([await saved("other.json", "{}")], "format");
    });

    const nothing: Record<string, string[]> = {
      "no arguments": [],
      "two files": [file, file],
      "an unknown flag": [file, "--quick"],
      "a flag without its value": [file, "--receipt"],
      "an invalid size": [file, "--max-mb", "-1"],
      "an invalid time": [file, "--timeout-s", "soon"],
      "an invalid key": [file, "--key", "AAAA"],
      "an invalid chain": [file, "--chain", `sha256:${"0".repeat(64)}`],
      "no such file": [`${folder}/none.json`],
      "invalid JSON": [await saved("torn.json", text.slice(0, 100))],
      "no such receipt": [file, "--receipt", `${folder}/none.txt`],
      "an expired link": [`${server.url}/exports/none`],
    };
    for (const [name, args] of Object.entries(nothing)) {
      await t.step(`exits with 2 if there is nothing to check: ${name}`, async () => {
        const { code, stdout, stderr } = await runVerify(args);
        assert.equal(code, 2, stderr);
        assert.equal(stdout, "");
        assert.match(stderr, /^(Usage: deno task verify|Cannot verify ).*\n$/, "one line");
        assert.doesNotMatch(stderr, /\n +at /, "no stack");
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
