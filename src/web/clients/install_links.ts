/** Links and commands that install this server, in the formats that the vendors document. */

import { NAME } from "../frame/server_name.ts";
import { shellQuote } from "./shell_quote.ts";

/** The command that adds the server to Claude Code. */
export function claudeCodeCommand(mcpUrl: string): string {
  return `claude mcp add --transport http ${NAME} ${shellQuote(mcpUrl)}`;
}

/** The entry of `mcp.json` in base64: https://cursor.com/docs/mcp/install-links */
export function cursorLink(mcpUrl: string): string {
  const config = btoa(JSON.stringify({ url: mcpUrl }));
  return `cursor://anysphere.cursor-deeplink/mcp/install?name=${NAME}&config=${
    encodeURIComponent(config)
  }`;
}

/** The entry of `mcp.json` and its name as a query:
 *  https://code.visualstudio.com/api/extension-guides/ai/mcp */
export function vscodeLink(mcpUrl: string, product: "vscode" | "vscode-insiders"): string {
  return `${product}:mcp/install?${encodeURIComponent(JSON.stringify(vscodeEntry(mcpUrl)))}`;
}

/** Also the argument of `code --add-mcp`. */
export function vscodeEntry(mcpUrl: string) {
  return { name: NAME, type: "http", url: mcpUrl };
}
