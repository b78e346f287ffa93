/** Each shell example of docs/cli.md, run in its order against a real server. */
import assert from "node:assert/strict";
import { CommandLine } from "../support/command_line.ts";
import { testServer } from "../support/server.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url));
const BLOCKS = [...PAGE.matchAll(/^```(\w*)\n([^]*?)^```$/gm)];
const blocks = (language: string) =>
  BLOCKS.filter(([, own]) => own === language).map(([, , text]) => text!);

/** Verbs that go on until Ctrl+C. */
const ENDLESS = /^mcpmp (watch|debug --follow)$/;

Deno.test("docs/cli.md: its commands do what they say, one after the other", async () => {
  await using server = await testServer();
  await using cli = await CommandLine.at(server.url);
  const [script] = blocks("");
  const [answers] = blocks("json");
  await Deno.writeTextFile(`${cli.folder}/game.txt`, script!);
  await Deno.writeTextFile(`${cli.folder}/answers.json`, answers!);
  const lines = blocks("sh").join("").trimEnd().split("\n");
  assert.ok(
    lines.length >= 16 && lines.every((line) => line.startsWith("mcpmp ")),
    lines.join("\n"),
  );
  const invites: string[] = [];
  for (const line of lines) {
    const command = line.replace(/ +#.*$/, "").replace("inv_…", () => invites.shift()!);
    if (ENDLESS.test(command)) {
      await interrupted(cli, command);
      continue;
    }
    const { code, stdout, stderr } = await cli.shell(command);
    assert.equal(code, 0, `${command}: ${stdout}${stderr}`);
    invites.push(...new Set(stdout.match(/inv_[\w-]+/g)));
  }
});

/** Runs a command until it has shown something, and then ends it with Ctrl+C. */
async function interrupted(cli: CommandLine, command: string): Promise<void> {
  const running = cli.spawn(command.split(" ").slice(1));
  const stderr = new Response(running.stderr).text();
  for await (const _ of running.stdout) {
    try {
      running.kill("SIGINT");
    } catch { /* It has ended. */ }
  }
  assert.deepEqual([(await running.status).code, await stderr], [0, ""], command);
}
