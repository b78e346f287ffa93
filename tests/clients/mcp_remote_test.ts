/** mcp-remote, for hosts that know only programs on stdin and stdout: it signs in by OAuth and passes calls on. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Readable } from "node:stream";
import { signInWhenAsked } from "../support/sign_in_when_asked.ts";
import { emptyHome, foreignProgram, freePort } from "../support/foreign_program.ts";
import { wrap } from "../support/mcp_clients.ts";
import { Player } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { playWholeGame } from "../support/whole_game.ts";

// Opt-in: with a cold cache Deno 2.9.6 can hang while it loads mcp-remote the first time.
for (const protocol of Deno.env.has("MCP_REMOTE") ? ["legacy", "auto"] : []) {
  Deno.test(`mcp-remote signs in and plays a whole game, --protocol ${protocol}`, async () => {
    await using home = await emptyHome();
    await using server = await testServer();
    const args = [`${server.url}/mcp`, String(freePort()), "--protocol", protocol];
    const program = foreignProgram("mcp-remote", args, home);
    const transport = new StdioClientTransport({ ...program, stderr: "pipe" });
    const told = signInWhenAsked(Readable.toWeb(transport.stderr as Readable));
    const client = new Client({ name: "test", version: "1" });
    await client.connect(transport);
    try {
      await playWholeGame(wrap(client, () => undefined), await Player.at(server.url));
    } finally {
      await client.close();
      await told;
    }
  });
}
