/** Links that make an editor offer to install this server, in the forms that their makers
 *  document. */

/** What clients call this server in their own configuration. */
export const NAME = "multiplayer";

/** https://cursor.com/docs/mcp/install-links: the entry of `mcp.json`, in base64. */
export function cursorLink(mcpUrl: string): string {
  const config = btoa(JSON.stringify({ url: mcpUrl }));
  return `cursor://anysphere.cursor-deeplink/mcp/install?name=${NAME}&config=${
    encodeURIComponent(config)
  }`;
}

/** https://code.visualstudio.com/api/extension-guides/ai/mcp: the entry of `mcp.json` and its name,
 *  as a query. */
export function vscodeLink(mcpUrl: string, product: "vscode" | "vscode-insiders"): string {
  return `${product}:mcp/install?${encodeURIComponent(JSON.stringify(vscodeEntry(mcpUrl)))}`;
}

/** Also what `code --add-mcp` takes. */
export function vscodeEntry(mcpUrl: string) {
  return { name: NAME, type: "http", url: mcpUrl };
}
