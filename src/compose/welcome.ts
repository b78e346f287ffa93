/** What a person at a terminal reads once the server listens. */
import denoJson from "../../deno.json" with { type: "json" };
import { claudeCodeCommand } from "../web/clients/install_links.ts";

/** Several lines of plain text: where to open it and how to connect. */
export function welcome(publicUrl: string, settingsFile: string | undefined): string {
  const settings = settingsFile === undefined ? "" : `, with the settings of ${settingsFile}`;
  return `
MCP Multiplayer ${denoJson.version}${settings}

  Open          ${publicUrl}
  MCP server    ${publicUrl}/mcp
  Claude Code   ${claudeCodeCommand(`${publicUrl}/mcp`)}
  Other apps    ${publicUrl}/connect

Ctrl+C stops it.
`;
}
