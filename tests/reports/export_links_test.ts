/** Links to exports that outlive the right of whoever asked for them: what happens in between, and
 *  what the link then shows. */
import assert from "node:assert/strict";
import { mcpClient } from "../support/mcp_clients.ts";
import { signIn, type Wire } from "../support/player.ts";
import { dataFile, startProcess } from "../support/process.ts";
import { verify } from "../support/verifier.ts";
import type { Report } from "./report.ts";

interface Table {
  /** Calls a tool as Ada, the host with seat p1; as Bob with p2, who asks for the link; or as
   *  Eve. */
  as: Record<"ada" | "bob" | "eve", (tool: string, input?: Wire) => Promise<Wire>>;
  channel_id: string;
  /** Bob's rejoin token, and an invite that nobody has used. */
  token: string;
  invite: string;
}

interface LinkReport extends Report {
  /** Bob asks for the link while he has no seat, in a channel that anyone may read. */
  spectates?: true;
  meanwhile: (table: Table) => Promise<unknown>;
  /** Whether the link goes on showing what it showed. */
  works: boolean;
}

const whispers = ({ as, channel_id }: Table) =>
  as.ada("post_message", { channel_id, body: "psst", to: ["p2"] });

const REPORTS: LinkReport[] = [
  { what: "nothing", meanwhile: () => Promise.resolve(), works: true },
  { what: "more is said, and whispered to the player", meanwhile: whispers, works: true },
  {
    report: 7987,
    what: "the player is put out",
    async meanwhile({ as, channel_id }) {
      const ops = [{ type: "yield_slot", slot_id: "s2", to: "invite" }];
      await as.ada("update_channel", { channel_id, ops });
    },
    works: false,
  },
  {
    what: "the player leaves",
    meanwhile: ({ as, channel_id }) => as.bob("leave_channel", { channel_id }),
    works: false,
  },
  {
    what: "the player leaves and takes another seat",
    async meanwhile({ as, channel_id, invite }) {
      await as.bob("leave_channel", { channel_id });
      await as.bob("join_channel", { invite_code: invite });
    },
    works: false,
  },
  {
    what: "another sign-in takes the seat over, and reads whispers there",
    async meanwhile(table) {
      await table.as.eve("join_channel", { invite_code: table.token });
      await whispers(table);
    },
    works: false,
  },
  {
    what: "the player takes the seat back from another sign-in",
    async meanwhile({ as, token }) {
      await as.eve("join_channel", { invite_code: token });
      await as.bob("join_channel", { invite_code: token });
    },
    works: true,
  },
  {
    what: "the channel is closed",
    meanwhile: ({ as, channel_id }) =>
      as.ada("update_channel", { channel_id, ops: [{ type: "close" }] }),
    works: true,
  },
  {
    what: "the bot is removed, and its seed revealed",
    meanwhile: ({ as, channel_id }) =>
      as.ada("update_channel", { channel_id, ops: [{ type: "remove_bot", slot_id: "s0" }] }),
    works: true,
  },
  {
    what: "a spectator takes a seat",
    spectates: true,
    meanwhile: ({ as, invite }) => as.bob("join_channel", { invite_code: invite }),
    works: true,
  },
];

Deno.test("a link shows what was there when it was made, to who may still read it", async (t) => {
  await using file = dataFile();
  const server = await startProcess({ KV_URL: file.path }, { viaTask: true });
  const { url } = server;
  await using ada = await mcpClient("v1", `${url}/mcp`, await signIn(url));
  for (const { what, spectates, meanwhile, works } of REPORTS) {
    await t.step(what, async () => {
      await using bob = await mcpClient("v2 modern", `${url}/mcp`, await signIn(url));
      await using eve = await mcpClient("v2 legacy", `${url}/mcp`, await signIn(url));
      const { channel_id, invites } = await ada.call("create_channel", {
        name: what.slice(0, 60),
        slots: ["bot:guess", "invite:a", "invite:b", "invite:c"],
        bot_preset: "GuessBot",
        ...(spectates && { visibility: "public", spectators: true }),
      });
      await ada.call("join_channel", { invite_code: invites[0] });
      const { rejoin_token: token = "" } = spectates
        ? {}
        : await bob.call("join_channel", { invite_code: invites[1] });
      const offered = await bob.call("export_channel", { channel_id });
      const shown = await (await fetch(offered.url)).text();
      assert.equal(JSON.parse(shown).entries.length, offered.entries);

      const as: Table["as"] = {
        ada: (tool, input) => ada.call(tool, input),
        bob: (tool, input) => bob.call(tool, input),
        eve: (tool, input) => eve.call(tool, input),
      };
      await meanwhile({ as, channel_id, token, invite: invites[2] });

      const now = await fetch(offered.url);
      const text = await now.text();
      const page = await fetch(offered.url, { headers: { accept: "text/html" } });
      const html = await page.text();
      assert.deepEqual([now.status, page.status], works ? [200, 200] : [404, 404]);
      if (works) {
        assert.deepEqual(JSON.parse(text).entries, JSON.parse(shown).entries);
        assert.ok(html.includes(`All ${offered.entries} entries`));
        const { code, report } = await verify(text);
        assert.equal(code, 0, JSON.stringify(report));
      } else {
        assert.match(JSON.parse(text).detail, /expired or is invalid/);
        assert.match(html, /expired or is invalid/);
      }
    });
  }
  await server.kill("SIGTERM");
});
