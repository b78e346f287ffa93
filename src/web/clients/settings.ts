/** What stands in the settings file of each client that has one. */
import { isLoopbackHost } from "../../kernel/loopback.ts";
import { NAME } from "../frame/server_name.ts";

/** An object of the file, by the name of its member, and in it the entry of this server. */
export interface ClientSettings {
  member: string;
  entry: Record<string, unknown>;
}

/** `~/.cursor/mcp.json` */
export function cursorSettings(mcpUrl: string): ClientSettings {
  return { member: "mcpServers", entry: { url: mcpUrl } };
}

/** `.vscode/mcp.json` */
export function vscodeSettings(mcpUrl: string): ClientSettings {
  return { member: "servers", entry: { type: "http", url: mcpUrl } };
}

/** `.mcp.json` of a project, for Claude Code. */
export function claudeCodeSettings(mcpUrl: string): ClientSettings {
  return { member: "mcpServers", entry: { type: "http", url: mcpUrl } };
}

/** For clients that only start local programs, such as Claude Desktop with a server on the same
 *  machine: `mcp-remote` signs in and forwards all messages. */
export function localProgramSettings(mcpUrl: string): ClientSettings {
  const { protocol, hostname } = new URL(mcpUrl);
  const isPlain = protocol === "http:" && !isLoopbackHost(hostname);
  const args = ["-y", "mcp-remote", mcpUrl, ...(isPlain ? ["--allow-http"] : [])];
  return { member: "mcpServers", entry: { command: "npx", args } };
}

/** A whole file with nothing but this server in it. */
export function settingsText({ member, entry }: ClientSettings): string {
  return `${JSON.stringify({ [member]: { [NAME]: entry } }, null, 2)}\n`;
}
