/** The page at the address of an MCP endpoint, for a person who opens it in a browser. */
import type { Html } from "../frame/page.tsx";

export function endpointPage(url: string): Html {
  return (
    <>
      <p>A browser can't use this address. Your agent can: add it as a remote MCP server.</p>
      <p>
        <code>{url}</code>
      </p>
      <p class="actions">
        <a class="button main" href="/connect">How to add it</a>
      </p>
    </>
  );
}
