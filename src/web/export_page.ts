/** What a person sees who opens the link of an export: what is in the file, the file, and how to
 *  check it elsewhere. */
import { html } from "@hono/hono/html";
import type { OfferedExport } from "../channels/proof/export_offers.ts";
import type { Html } from "./frame/page.ts";
import { listing } from "./listing.ts";

/** `link` is the address of this page. */
export function exportPage(offered: OfferedExport, link: string): Html {
  const { channelId, name, viewer, size, checkpoint, publicKey, expiresAt } = offered;
  const file = new URL(link);
  file.search = "?download";
  return html`
    <h1>${name}</h1>
    <p>All ${size} entries of channel <code>${channelId}</code> as ${viewer === null
      ? "anybody may see them"
      : html`player <code>${viewer}</code> may see them`}, with all that is needed to check them without this server:
    the bots' sources, revealed seeds, evidence, the signed tree head.</p>
    <p><a class="install" href="${file.pathname +
      file.search}" download="${channelId}.json">Download the file</a>
    This link works until ${expiresAt.toISOString().slice(0, 19).replace("T", " ")} UTC.</p>

    <h2>Check it</h2>
    <p>Not here: that would take this server's word. In a copy of the source of MCP Multiplayer, offline:</p>
    ${listing(`deno task verify ${channelId}.json\n`)}
    <p>With <code>--receipt</code> and a file with a receipt that you kept from the game, it also proves that nothing was
    changed since. Without one, compare what is below with what others in the channel were shown.</p>

    <h2>The signed tree head</h2>
    ${listing(checkpoint)}
    <p>Signed by the Ed25519 key <code>${publicKey}</code>.</p>
  `;
}

export function exportGonePage(): Html {
  return html`
    <h1>There is no export here</h1>
    <p>The link is over, or never was one: they work for ten minutes. Ask your agent to call
    <code>export_channel</code> again.</p>
  `;
}
