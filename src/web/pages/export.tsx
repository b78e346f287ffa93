/** The page behind an export's download link: the contents of the file, the file, and how to verify
 *  it independently. */
import type { OfferedExport } from "../../channels/proof/export_offers.ts";
import type { Html } from "../frame/page.tsx";
import { listing } from "../frame/listing.tsx";

/** `link` is the URL of this page. */
export function exportPage(offered: OfferedExport, link: string): Html {
  const { channelId, viewer, size, checkpoint, publicKey, expiresAt } = offered;
  const file = new URL(link);
  file.search = "?download";
  const ticket = file.pathname.split("/").at(-1);
  return (
    <>
      <p>
        All {size} entries of channel <code>{channelId}</code> as{" "}
        {viewer === null ? "anyone may see them" : (
          <>
            player <code>{viewer}</code> may see them
          </>
        )}, with everything needed to verify them without this server: the bots' sources, revealed
        seeds, evidence and the signed tree head.
      </p>
      <p class="actions">
        <a class="button" href={file.pathname + file.search} download={`${channelId}.json`}>
          Download the file
        </a>
        <a class="button main" href={`/verify?export=${ticket}`}>Verify in this browser</a>
      </p>
      <p class="quiet">
        This link works until {expiresAt.toISOString().slice(0, 19).replace(
          "T",
          " ",
        )} UTC.
      </p>
      <h2>Verify the export</h2>
      <p>
        <a href={`/verify?export=${ticket}`}>Your browser can run the verifier</a>, but gets it from
        this server. To trust nobody, run it offline: the file{" "}
        <a href="/verify">verify.html</a>, or in a copy of the source of MCP Multiplayer:
      </p>
      {listing(`deno task verify ${channelId}.json\n`)}
      <p>
        With <code>--receipt</code>{" "}
        and a file with a receipt that you kept from the game, the verifier also proves that nothing
        has changed since. Without a receipt, compare the tree head below with the one that others
        in the channel have.
      </p>
      <h2>The signed tree head</h2>
      {listing(checkpoint)}
      <p>
        Signed by the Ed25519 key <code>{publicKey}</code>.
      </p>
    </>
  );
}

export function exportGonePage(): Html {
  return (
    <p>
      This download link has expired or is invalid: a link works for ten minutes, and only while
      whoever asked for it may read the channel. Ask your agent to call <code>export_channel</code>
      {" "}
      again.
    </p>
  );
}
