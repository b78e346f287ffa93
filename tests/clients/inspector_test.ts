/** The official Inspector's command line: it signs in by itself and plays, one process per call. */
import assert from "node:assert/strict";
import { signInWhenAsked } from "../support/sign_in_when_asked.ts";
import { freePort, type Home, inEmptyHome, startEnding } from "../support/foreign_program.ts";
import { Player, type Wire } from "../support/player.ts";
import { testServer } from "../support/server.ts";
import { type Caller, playWholeGame } from "../support/whole_game.ts";

for (const era of ["legacy", "modern"]) {
  Deno.test(`the Inspector signs in and plays a whole game, ${era} protocol`, () =>
    inEmptyHome(async (home) => {
      home.env.MCP_INSPECTOR_SECRET_STORE = "file";
      home.env.MCP_AUTO_OPEN_ENABLED = "true"; // else it asks for a terminal before it signs in
      await using server = await testServer();
      const inspector = callerFor([`${server.url}/mcp`, "--protocol-era", era], home);
      await playWholeGame(inspector, await Player.at(server.url));
      assert.equal(inspector.signIns, 1);
    }));
}

function callerFor(server: string[], home: Home): Caller & { signIns: number } {
  const callback = `http://127.0.0.1:${freePort()}/oauth/callback`;
  return {
    signIns: 0,
    async call(name: string, input: Record<string, unknown>): Promise<Wire> {
      await using inspector = startEnding("inspector", [
        "--cli",
        ...server,
        ...["--callback-url", callback, "--format", "json"],
        ...[
          "--method",
          "tools/call",
          "--tool-name",
          name,
          "--tool-args-json",
          JSON.stringify(input),
        ],
      ], home);
      const [printed, complaints, { code }] = await Promise.all([
        new Response(inspector.stdout).text(),
        signInWhenAsked(inspector.stderr),
        inspector.status,
      ]);
      assert.equal(code, 0, printed + complaints);
      if (complaints.includes("/oauth/authorize?")) this.signIns++;
      return JSON.parse(printed).result.structuredContent;
    },
  };
}
