/** `docs/troubleshooting.md` says what is said: each message that it shows is made to happen, and
 *  nothing that can be said under a code is without its heading. */
import assert from "node:assert/strict";
import { PROBLEM_STATUS } from "../../src/http/problem.ts";
import { EXIT } from "../../src/cli/session/exit_codes.ts";
import { HookOutcome } from "../../src/domain/bot/bot.ts";
import { OAuthErrorCode } from "../../src/accounts/errors.ts";
import { openSandbox } from "../../src/sandbox/open_sandbox.ts";
import { CHECKS } from "../../src/verify/report.ts";
import { sourceFiles } from "../support/source_graph.ts";
import { testServer } from "../support/server.ts";
import { saidOfBots } from "./by_bot.ts";
import { saidByCalls } from "./by_call.ts";
import { saidByCommands } from "./by_cli.ts";
import { saidAtSignIn, saidToClients } from "./by_client.ts";
import { saidAtStart } from "./by_start.ts";
import { saidByVerifier } from "./by_verification.ts";
import { chapters, checksShown, commands, isShown, type Said } from "./page.ts";

const ROOT = new URL("../../", import.meta.url);
const page = await chapters();

/** Holds the messages of a chapter against the real ones, and its headings against those of which
 *  something is said. */
function compare(chapter: string, said: Said, needed: readonly string[] = Object.keys(said)): void {
  const sections = page[chapter]!;
  for (const { heading, shown } of sections) {
    for (const message of shown) {
      const real = said[heading] ?? [];
      assert.ok(
        real.some((each) => isShown(message, each)),
        `${heading}: ${message}\nis said as ${JSON.stringify(real, null, 1)}`,
      );
    }
  }
  const headings = sections.map(({ heading }) => heading);
  assert.deepEqual(needed.filter((each) => !headings.includes(each)), [], "without a heading");
}

Deno.test("docs/troubleshooting.md: refused calls and requests", async () => {
  const said = await saidByCalls();
  const codes = Object.keys(PROBLEM_STATUS);
  const calls = page["Refused calls"]!.map(({ heading }) => heading);
  compare("Refused calls", said, codes.slice(0, calls.length));
  compare("Refused requests", said, codes.slice(calls.length));
  for (const { heading, shown } of [...page["Refused calls"]!, ...page["Refused requests"]!]) {
    assert.ok(shown.length > 0, heading);
  }
});

Deno.test("docs/troubleshooting.md: clients, sign-in and the command line", async () => {
  await using server = await testServer({ sandbox: "off" });
  compare("Clients of MCP", await saidToClients(server.url));
  compare("Sign-in", await saidAtSignIn(), await oauthCodes());
  const file = JSON.parse(await Deno.readTextFile(EXPORT));
  file.entries[5].body = { text: "changed" };
  const codes = Object.values(EXIT).filter((code) => code !== EXIT.ok);
  compare(
    "The command line",
    await saidByCommands(server.url, JSON.stringify(file)),
    codes.map((code) => `Exit code ${code}`),
  );
});

Deno.test("docs/troubleshooting.md: starts", async () => {
  compare("The server does not start", await saidAtStart());
});

Deno.test("docs/troubleshooting.md: bots and verifications", async () => {
  const sandbox = await openSandbox({ hosts: 1, hookTimeoutMs: 10_000, lateSpare: true });
  try {
    const reasons = HookOutcome.options.map(({ shape }) => shape.kind.value)
      .filter((kind) => kind !== "done");
    const said = await saidOfBots(sandbox);
    compare("A bot fails", said, [...reasons, ...Object.keys(said)]);

    const found = await saidByVerifier(sandbox);
    const shown = await checksShown();
    assert.deepEqual(Object.keys(shown), [...CHECKS]);
    const source = await textsOf("src/verify/");
    for (const [check, message] of Object.entries(shown)) {
      const real = found[check];
      const isSaid = real ? real.some((each) => isShown(message, each)) : isIn(source, message);
      assert.ok(isSaid, `${check}: ${message}\nis said as ${JSON.stringify(real)}`);
    }
  } finally {
    await sandbox.close();
  }
});

Deno.test("docs/troubleshooting.md: its commands run", async () => {
  await using server = await testServer({ sandbox: "off" });
  const script = (await commands()).replaceAll("http://127.0.0.1:8100", server.url);
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script],
    cwd: ROOT.pathname,
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.match(text, /"ready":true/, new TextDecoder().decode(stderr));
  assert.match(text, /^✔ health: /m, text);
});

const EXPORT = new URL("tests/verify/golden/0.2.0/board_games.json", ROOT);

/** The codes of OAuth that the server gives. */
async function oauthCodes(): Promise<string[]> {
  const text = (await textsOf("src/oauth/")) + await textsOf("src/accounts/");
  const names = [...text.matchAll(/OAuthErrorCode\.(\w+)/g)].map(([, name]) => name!);
  return [...new Set(names)].map((name) => OAuthErrorCode[name as keyof typeof OAuthErrorCode]);
}

/** The sources below a folder, as one text. */
async function textsOf(folder: string): Promise<string> {
  const files = (await sourceFiles(folder)).map(({ text }) => text);
  return files.join("\n");
}

/** Whether a source has the words of a message, those between what varies. */
function isIn(source: string, message: string): boolean {
  return message.split("…").every((part) => source.includes(part.trim()));
}
