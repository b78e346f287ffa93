/** Claude Code and Codex sign in, as far as they go without a model. Together they are 660 MB, so
 *  the test runs only where somebody has installed them:
 *
 *      npm install --prefix /tmp/assistants @anthropic-ai/claude-code @openai/codex
 *      ASSISTANTS=/tmp/assistants deno task test tests/clients/assistants_test.ts
 */
import assert from "node:assert/strict";
import { emptyHome, type Home } from "../support/foreign_program.ts";
import { startProcess } from "../support/process.ts";

const ASSISTANTS = Deno.env.get("ASSISTANTS");
const PLATFORM = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;

/** A program in a terminal of its own, with a browser that follows the sign-in to its end. */
class Assistant {
  constructor(readonly home: Home, readonly command: string) {}

  async run(...args: string[]): Promise<string> {
    // `script` gives it the terminal without which Claude Code signs nobody in.
    const typed = [this.command, ...args].map((word) => `'${word}'`).join(" ");
    const { stdout, stderr } = await new Deno.Command("timeout", {
      args: ["30", "script", "-qefc", typed, "/dev/null"],
      cwd: this.home.folder,
      env: this.home.env,
      clearEnv: true,
      stdin: "null",
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  }

  /** The addresses that the browser came to, each after its status. */
  async visited(): Promise<string[]> {
    return (await Deno.readTextFile(`${this.home.folder}/visited`)).trim().split("\n");
  }
}

async function homeWithBrowser(): Promise<Home> {
  const home = await emptyHome();
  const browser = `${home.folder}/bin/browse`;
  const script = `#!/bin/sh
curl --silent --location --output /dev/null --write-out '%{http_code} %{url_effective}\\n' "$1" \
  >> '${home.folder}/visited'
`;
  for (const path of [browser, `${home.folder}/bin/xdg-open`, `${home.folder}/bin/open`]) {
    await Deno.writeTextFile(path, script, { mode: 0o755 });
  }
  Object.assign(home.env, {
    BROWSER: browser,
    TERM: "xterm",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    MCP_OAUTH_CLIENT_METADATA_URL: "https://client.invalid/claude.json",
  });
  return home;
}

const CLAUDE = `${ASSISTANTS}/node_modules/@anthropic-ai/claude-code-${PLATFORM}/claude`;
const CODEX = `${ASSISTANTS}/node_modules/@openai/codex/bin/codex.js`;

Deno.test({
  name: "Claude Code signs in, and by the page's commands where its document is out of reach",
  ignore: ASSISTANTS === undefined,
  async fn() {
    await using home = await homeWithBrowser();
    const claude = new Assistant(home, CLAUDE);
    const env = { KV_URL: ":memory:", SANDBOX: "off" };
    const server = await startProcess({ ...env, CLIENT_DOCUMENTS: "on" });
    try {
      const transport = ["--transport", "http", "-s", "user"];
      await claude.run("mcp", "add", ...transport, "multiplayer", `${server.url}/mcp`);
      await claude.run("mcp", "login", "multiplayer");
      assert.match((await claude.visited()).at(-1)!, /^400 .*client_id=https%3A%2F%2Fclient\.inv/);
      await claude.run("mcp", "logout", "multiplayer");
      assert.match(await claude.run("mcp", "login", "multiplayer"), /Authenticated with/);
      assert.match(
        (await claude.visited()).at(-1)!,
        /^200 http:\/\/localhost:\d+\/callback\?code=/,
      );
    } finally {
      await server.kill("SIGTERM");
    }
  },
});

Deno.test({
  name: "Codex signs in, with and without the flag that the page names",
  ignore: ASSISTANTS === undefined,
  async fn() {
    await using home = await homeWithBrowser();
    const codex = new Assistant(home, CODEX);
    const server = await startProcess({ KV_URL: ":memory:", SANDBOX: "off" });
    try {
      await codex.run("mcp", "add", "multiplayer", "--url", `${server.url}/mcp`);
      for (const flags of [[], ["--oauth-client-registration", "dcr"]]) {
        await codex.run("mcp", "logout", "multiplayer");
        const said = await codex.run("mcp", "login", "multiplayer", ...flags);
        assert.match(said, /Successfully logged in to MCP server 'multiplayer'/);
        assert.match((await codex.visited()).at(-1)!, /^200 http:\/\/127\.0\.0\.1:\d+\/callback\?/);
      }
    } finally {
      await server.kill("SIGTERM");
    }
  },
});
