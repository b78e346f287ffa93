/** The page with instructions for each client. All commands and settings contain the server's own
 *  address, so a person can paste them unchanged. */
import { chatGptSteps, type StepPiece } from "../clients/chatgpt_steps.ts";
import { curlSession } from "../clients/curl_session.ts";
import { NAME } from "../frame/server_name.ts";
import { registerAgain, registerInstead } from "../frame/client_help.tsx";
import {
  claudeCodeCommand,
  cursorLink,
  vscodeEntry,
  vscodeLink,
} from "../clients/install_links.ts";
import {
  cursorSettings,
  localProgramSettings,
  settingsText,
  vscodeSettings,
} from "../clients/settings.ts";
import type { ClientDocuments } from "../../accounts/clients/client_directory.ts";
import type { Html } from "../frame/page.tsx";
import { listing } from "../frame/listing.tsx";
import { shellQuote } from "../clients/shell_quote.ts";

interface ConnectPage {
  /** The origin that clients connect to. */
  publicUrl: string;
  /** Whether anyone may play without signing in. */
  guests: boolean;
  clientDocuments: ClientDocuments;
}

const DOCUMENTS: Record<ClientDocuments, string> = {
  on:
    "This server reads the documents that clients publish about themselves, and could fetch the last one.",
  away:
    "This server could not fetch such a document in the last ten minutes, so clients register now.",
  off:
    "This server does not read the documents that clients publish about themselves, so clients register.",
};

export function connectPage({ publicUrl, guests, clientDocuments }: ConnectPage): Html {
  const mcpUrl = `${publicUrl}/mcp`;
  return (
    <>
      <p>
        The address of this MCP server is{" "}
        <code>{mcpUrl}</code>. It speaks Streamable HTTP, in the protocol versions of 2025 and
        2026-07-28, and OAuth: your client opens a sign-in window once{guests
          ? "; a guest has nothing to fill in there"
          : ""}.
      </p>
      <p>
        For a small model, use <code>{mcpUrl}/play</code>{" "}
        instead: it lists only the seven tools of a player. Sign-in and seats are the same.
      </p>
      {reach(publicUrl)} {claude(mcpUrl)} {chatGpt(mcpUrl)} {editors(mcpUrl)} {terminals(mcpUrl)}
      {" "}
      {others(mcpUrl)} {guests ? curl(publicUrl) : ""}
      <h2>Start a game</h2>
      <p>
        Say to your agent:{" "}
        <em>
          Use {NAME}{" "}
          to create a guessing game with the preset GuessBot and the slots bot:referee, invite:me,
          invite:friend. Join with the first invite and give me the other one. Then call
          wait_for_turn, and make each move with wait_ms 45000, until the game is over.
        </em>{" "}
        The other player says: <em>Join with invite inv_… and play.</em>
      </p>
      <h2 id="not-registered">If sign-in says that the app is not registered</h2>
      <p>
        The server forgets a client that nobody used: after 30 days, or 180 days after its last
        sign-in.
      </p>
      {registerAgain()}
      <h2 id="no-document">If sign-in says that the app's document can't be fetched</h2>
      <p>{DOCUMENTS[clientDocuments]}</p>
      {registerInstead()}
    </>
  );
}

/** A warning for hosted clients, which connect from their vendors' machines. */
function reach(publicUrl: string): Html | "" {
  if (publicUrl.startsWith("https:")) return "";
  return (
    <p>
      <strong>Claude's and ChatGPT's apps can't reach this address</strong>: they connect from the
      internet and require https. Put an https proxy or tunnel in front of the server and start the
      server with{" "}
      <code>PUBLIC_URL=https://your.host</code>. Clients on this machine can use the address
      directly.
    </p>
  );
}

function claude(mcpUrl: string): Html {
  return (
    <>
      <h2>Claude, on the web, desktop and mobile</h2>
      <ol>
        <li>
          Open <a href="https://claude.ai/customize/connectors">Customize, Connectors</a>{" "}
          (in the desktop app: Settings, Connectors).
        </li>
        <li>
          Choose <b>+</b>, <b>Add custom connector</b>. Name:{" "}
          <code>{NAME}</code>; remote MCP server URL: <code>{mcpUrl}</code>. <b>Add</b>.
        </li>
        <li>
          Choose <b>Connect</b> next to the new entry, and sign in when a window opens.
        </li>
        <li>
          In a conversation, switch the connector on under <b>+</b>, <b>Connectors</b>.
        </li>
      </ol>
      <p>
        A connector belongs to your account: add it once, and all of Claude's apps have it. In a
        Team or Enterprise organization, an owner must add it first.
      </p>
      <h2>Claude Code</h2>
      {listing(`${claudeCodeCommand(mcpUrl)}\nclaude mcp login ${NAME}\n`)}
      <p>
        You can also sign in with <code>/mcp</code> in a running session.
      </p>
    </>
  );
}

function chatGpt(mcpUrl: string): Html {
  return (
    <>
      <h2>ChatGPT, in developer mode</h2>
      <ol>
        {chatGptSteps(mcpUrl).map((step) => <li>{step.map(stepPiece)}</li>)}
      </ol>
    </>
  );
}

function stepPiece(piece: StepPiece): Html | string {
  if (typeof piece === "string") return piece;
  return "value" in piece ? <code>{piece.value}</code> : <b>{piece.control}</b>;
}

function editors(mcpUrl: string): Html {
  return (
    <>
      <h2>Cursor</h2>
      <p class="actions">
        <a class="button" href={cursorLink(mcpUrl)}>Add to Cursor</a>
      </p>
      <p>
        or, in <code>~/.cursor/mcp.json</code>:
      </p>
      {listing(settingsText(cursorSettings(mcpUrl)))}
      <h2>VS Code</h2>
      <p class="actions">
        <a class="button" href={vscodeLink(mcpUrl, "vscode")}>Add to VS Code</a>{" "}
        <a class="button" href={vscodeLink(mcpUrl, "vscode-insiders")}>Add to VS Code Insiders</a>
      </p>
      <p>
        or, in <code>.vscode/mcp.json</code>:
      </p>
      {listing(settingsText(vscodeSettings(mcpUrl)))}
      <p>or, in a terminal:</p>
      {listing(`code --add-mcp ${shellQuote(JSON.stringify(vscodeEntry(mcpUrl)))}\n`)}
    </>
  );
}

function terminals(mcpUrl: string): Html {
  return (
    <>
      <h2>Codex</h2>
      {listing(`codex mcp add ${NAME} --url ${shellQuote(mcpUrl)}\ncodex mcp login ${NAME}\n`)}
      <h2>Gemini CLI</h2>
      {listing(`gemini mcp add --transport http ${NAME} ${shellQuote(mcpUrl)}\n`)}
      <p>
        In a session, sign in with <code>/mcp auth {NAME}</code>.
      </p>
    </>
  );
}

function others(mcpUrl: string): Html {
  return (
    <>
      <h2>Clients that only start local programs</h2>
      <p>
        For example, Claude Desktop with a server on the same machine (Settings, Developer, Edit
        Config). <code>mcp-remote</code> signs in and forwards all messages:
      </p>
      {listing(settingsText(localProgramSettings(mcpUrl)))}
    </>
  );
}

function curl(publicUrl: string): Html {
  return (
    <>
      <h2>curl</h2>
      <p>Paste this into a shell. It registers a client, which plays as a guest:</p>
      {listing(curlSession(publicUrl))}
      <p>
        <code>/openapi.json</code> describes the REST routes.
      </p>
    </>
  );
}
