/** mcp-remote, for hosts that support only stdio: it signs in with OAuth and passes calls on. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { Readable } from "node:stream";
import { signInWhenAsked } from "../support/sign_in_when_asked.ts";
import { emptyHome, foreignProgram, freePort, loaded } from "../support/foreign_program.ts";
import { wrap } from "../support/mcp_clients.ts";
import { Player } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { playWholeGame } from "../support/whole_game.ts";

for (const protocol of ["legacy", "auto"]) {
  Deno.test(`mcp-remote signs in and plays a whole game, --protocol ${protocol}`, async () => {
    await using home = await emptyHome();
    await using server = await testServer();
    const args = [`${server.url}/mcp`, String(freePort()), "--protocol", protocol];
    await loaded("mcp-remote", args, home);
    const program = foreignProgram("mcp-remote", args, home);
    const transport = new StdioClientTransport({ ...program, stderr: "pipe" });
    const signedIn = signInWhenAsked(Readable.toWeb(transport.stderr as Readable));
    const client = new Client({ name: "test", version: "1" });
    await client.connect(transport);
    try {
      await playWholeGame(wrap(client, () => undefined), await Player.at(server.url));
    } finally {
      await client.close();
      await signedIn;
    }
  });
}
