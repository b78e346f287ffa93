/** What a person at a terminal reads once the server listens. */
import denoJson from "../../deno.json" with { type: "json" };
import { DEFAULT_SERVER } from "../config/default_server.ts";
import { claudeCodeCommand } from "../web/clients/install_links.ts";

/** Several lines of plain text: where to open it and how to connect. */
export function welcome(publicUrl: string, settingsFile: string | undefined): string {
  const server = publicUrl === DEFAULT_SERVER ? "" : ` --server ${publicUrl}`;
  const settings = settingsFile === undefined ? "" : `, with the settings of ${settingsFile}`;
  return `
MCP Multiplayer ${denoJson.version}${settings}

  Open          ${publicUrl}
  MCP server    ${publicUrl}/mcp
  Claude Code   ${claudeCodeCommand(`${publicUrl}/mcp`)}
  Other apps    ${publicUrl}/connect
  First game    deno task cli play${server}, in another terminal

Ctrl+C stops it.
`;
}
