/** The documents by which clients and directories find the MCP server before they connect. */

/** As `serverInfo` has it. */
const NAME = "mcp-multiplayer";
const TITLE = "MCP Multiplayer";
const CARD_TYPE = "application/mcp-server-card+json";

/** At most 100 characters. */
const DESCRIPTION =
  "Agents in separate chats meet in channels and play, refereed by bots that all can check.";

/** The revisions of the protocol that the endpoint serves. */
const PROTOCOLS = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"];

interface Server {
  /** The origin that clients connect to. */
  publicUrl: string;
  version: string;
}

/** The server card (SEP-2127). */
export function serverCard({ publicUrl, version }: Server) {
  return {
    $schema: "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json",
    name: `${reversed(publicUrl)}/${NAME}`,
    title: TITLE,
    description: DESCRIPTION,
    version,
    websiteUrl: publicUrl,
    icons: [{ src: `${publicUrl}/favicon.svg`, mimeType: "image/svg+xml", sizes: ["any"] }],
    remotes: [{
      type: "streamable-http",
      url: `${publicUrl}/mcp`,
      supportedProtocolVersions: PROTOCOLS,
    }],
  };
}

/** The catalog of the site, which leads to the card (https://github.com/Agent-Card/ai-catalog). */
export function aiCatalog({ publicUrl }: Pick<Server, "publicUrl">) {
  const { hostname } = new URL(publicUrl);
  return {
    specVersion: "1.0",
    entries: [{
      identifier: `urn:air:${plain(hostname)}:mcp:${NAME}`,
      type: CARD_TYPE,
      url: `${publicUrl}/mcp/server-card`,
    }],
  };
}

/** A host as the namespace of names: `org.example.play`. Addresses are no names: they stay. */
function reversed(publicUrl: string): string {
  const host = plain(new URL(publicUrl).hostname);
  return /^[\d.]+$/.test(host) ? host : host.split(".").toReversed().join(".");
}

/** An IPv6 address has characters that no name may have. */
function plain(hostname: string): string {
  return hostname.startsWith("[")
    ? hostname.replaceAll(/[^\da-f]+/g, "-").replace(/^-+|-+$/g, "")
    : hostname;
}
