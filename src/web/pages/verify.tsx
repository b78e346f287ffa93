/** The page on which a person's own browser verifies an export, or learns how to verify it
 *  elsewhere. */
import type { OfferedExport } from "../../channels/proof/export_offers.ts";
import type { BuiltVerifier } from "../assets/assets.ts";
import type { Html } from "../frame/page.tsx";
import { listing } from "../frame/listing.tsx";

interface VerifyPage {
  /** Undefined if it was not built. */
  verifier: BuiltVerifier | undefined;
  /** The host that signs, and its public keys, base64. */
  host: string;
  keys: readonly string[];
  /** The export to begin with, and the path of its page. */
  offered?: { offer: OfferedExport; path: string } | undefined;
  /** Whether a link led here that opens no export. */
  gone: boolean;
}

export function verifyPage({ verifier, host, keys, offered, gone }: VerifyPage): Html {
  const file = offered && `${offered.path}?download`;
  return (
    <>
      <p>
        Your browser checks every hash and signature of a channel's export, and runs every move of
        its referees again. The file stays on your machine.
      </p>
      {offered && (
        <p>
          The export of <bdi>{offered.offer.name}</bdi>, {offered.offer.size} entries.
        </p>
      )}
      {gone && (
        <p>
          <strong>The link to the export has expired or is invalid.</strong> Ask your agent to call
          {" "}
          <code>export_channel</code> again, or choose a file.
        </p>
      )}
      <div
        id="verify"
        data-host={host}
        data-keys={keys.join(" ")}
        data-worker={verifier?.worker}
        data-guest={verifier?.guest}
        data-file={file}
      >
        <p>
          This browser runs no scripts here, or is too old for the verifier. Verify the file in a
          copy of the source of MCP Multiplayer:
        </p>
        {listing("deno task verify channel.json\n")}
        {file && (
          <p>
            <a href={file} download={`${offered.offer.channelId}.json`}>Download the file</a>
          </p>
        )}
      </div>
      {verifier && <FromDisk sha256={verifier.sha256} />}
      <h2>What a browser can't run</h2>
      <p>
        Bots in Python: they are reported as not re-run. <code>deno task verify</code>{" "}
        runs them, too.
      </p>
    </>
  );
}

function FromDisk({ sha256 }: { sha256: string }): Html {
  return (
    <>
      <h2>Without trust in this page</h2>
      <p>
        This page comes from the server that you check, and so does its script. The verifier is also
        one file, which works from your disk with the network off:
      </p>
      <ol>
        <li>
          Download{" "}
          <a href="/verify.html" download="verify.html">verify.html</a>, and compare its SHA-256
          with the one in the release notes of MCP Multiplayer, or make the same file from the
          source with <code>deno task build</code>.
        </li>
        <li>Cut the network, open the file, and choose the export.</li>
      </ol>
      <p>The SHA-256 of the file that this server gives:</p>
      {listing(`${sha256}\n`)}
    </>
  );
}
