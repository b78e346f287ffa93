/** Links that ask an editor to install this server, in the formats that the vendors document. */

/** The name of this server in a client's configuration. */
export const NAME = "multiplayer";

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
