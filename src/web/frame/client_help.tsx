/** What a person does in a client that can't sign in by itself: commands to paste, as the clients'
 *  own help and threads name them. */
import { NAME } from "./server_name.ts";
import { listing } from "./listing.tsx";
import type { Html } from "./page.tsx";

/** Makes a client register anew, after the server has forgotten its registration. Most clients
 *  remember their id for ever. */
export function registerAgain(): Html {
  return (
    <>
      <p>
        If you gave this server another name than <code>{NAME}</code>, use that one.
      </p>
      <h3>Claude Code</h3>
      {listing(`claude mcp logout ${NAME}\nclaude mcp login ${NAME}\n`)}
      <p>
        or, in a session: <code>/mcp</code>, choose the server, <b>Clear authentication</b>,{" "}
        <b>Authenticate</b>.
      </p>
      <h3>Codex</h3>
      {listing(`codex mcp logout ${NAME}\ncodex mcp login ${NAME}\n`)}
      <h3>mcp-remote</h3>
      {listing("rm -rf ~/.mcp-auth\n")}
      <p>
        (on Windows, the folder <code>.mcp-auth</code>{" "}
        in your user folder). Then restart the program that starts it.
      </p>
      <h3>Gemini CLI</h3>
      <p>
        In a session: <code>/mcp auth {NAME}</code>.
      </p>
      <h3>VS Code</h3>
      <p>
        Run the command{" "}
        <b>Authentication: Remove Dynamic Authentication Providers</b>, and start the server again.
      </p>
      <h3>MCP Inspector</h3>
      <p>
        Choose <b>Clear OAuth State</b>, and connect again.
      </p>
      <h3>Claude, ChatGPT, Cursor and others</h3>
      <p>Remove this server's connection, and add it again.</p>
    </>
  );
}

/** Makes a client register, where the server can't read the document about it. Clients ask the
 *  server's metadata what to do, which doesn't offer documents then. */
export function registerInstead(): Html {
  return (
    <>
      <p>
        If you gave this server another name than <code>{NAME}</code>, use that one.
      </p>
      <h3>Codex</h3>
      {listing(`codex mcp login ${NAME} --oauth-client-registration dcr\n`)}
      <h3>Claude Code</h3>
      {listing(`claude mcp logout ${NAME}\nclaude mcp login ${NAME}\n`)}
      <h3>Others</h3>
      <p>
        Sign in again. If the same page appears, remove this server's connection, and add it again.
      </p>
      <p>
        Do you run this server? Where it can't reach the internet, set{" "}
        <code>CLIENT_DOCUMENTS=off</code>.
      </p>
    </>
  );
}
