/** The page that an app's request leads to: who asks, for what, where the answer goes, and as
 *  whom. */
import type { Context } from "@hono/hono";
import { html } from "@hono/hono/html";
import type { Client } from "../store/people/sign_in_records.ts";
import { page } from "./pages.ts";
import type { Html } from "../web/frame/page.ts";
import type { Session } from "../accounts/access/session.ts";
import type { IdentityProvider } from "../accounts/providers/identity_provider.ts";

interface Asking {
  client: Client;
  redirectUri: string;
  scope: string;
  /** Works once. */
  handle: string;
}

/** What a person reads of a scope. */
const MEANINGS: Record<string, string> = {
  play: "create and join channels, post and move",
};

const NO_NAME = "(no name)";

const button = (decision: string, text: string) =>
  html`<button name="decision" value="${decision}">${text}</button>`;
const ALLOW = button("allow", "Allow");
const REFUSE = button("deny", "Refuse");

/** Asks a guest of the moment. */
export function guestPage(c: Context, asking: Asking) {
  return consentPage(c, asking, { whom: "as a new guest", buttons: [ALLOW, REFUSE] });
}

/** Asks a person who is signed in. */
export function personPage(c: Context, asking: Asking, { name, principal, proof }: Session) {
  const notYou = html`
    <form method="post" action="/logout">
      <input type="hidden" name="proof" value="${proof}">
      <input type="hidden" name="consent" value="${asking.handle}">
      <p>Not you? <button>Use another account</button></p>
    </form>
  `;
  const whom = html`as <b><bdi>${name}</bdi></b> (<bdi>${principal}</bdi>)`;
  return consentPage(c, asking, { whom, buttons: [ALLOW, REFUSE], below: [notYou] });
}

/** Asks who is there. With guests, to play as one is also to allow it. */
export function strangerPage(
  c: Context,
  asking: Asking,
  { providers, guests, proof }: { providers: IdentityProvider[]; guests: boolean; proof: string },
) {
  return consentPage(c, asking, {
    whom: guests ? "in your name or as a guest" : "in your name",
    above: signInForms(providers, proof, asking.handle),
    buttons: guests ? [button("allow", "Play as a guest"), REFUSE] : [REFUSE],
    leadsTo: providers.map(({ origin }) => origin),
  });
}

/** One form a provider. `handle` is of the request that waits meanwhile. */
export function signInForms(providers: IdentityProvider[], proof: string, handle?: string): Html[] {
  return providers.map(({ id, label }) =>
    html`
      <form method="post" action="/login/${id}">
        <input type="hidden" name="proof" value="${proof}">
        ${handle && html`<input type="hidden" name="consent" value="${handle}">`}
        <p><button>Sign in with ${label}</button></p>
      </form>
    `
  );
}

/** What a client is called where there is one line for it. */
export function clientLabel({ clientId, name }: Pick<Client, "clientId" | "name">): string {
  return publisher(clientId) ?? (name || NO_NAME);
}

/** Who publishes a client's metadata, when its id is where that is. Unlike its name that is not its
 *  own word. */
function publisher(clientId: string): string | undefined {
  return clientId.startsWith("https://") ? new URL(clientId).host : undefined;
}

function asker({ clientId, name }: Client): Html {
  const host = publisher(clientId);
  if (host === undefined) {
    return html`An app that calls itself <b><bdi>${name || NO_NAME}</bdi></b>`;
  }
  const called = name && html`
    that calls itself <bdi>${name}</bdi>
  `;
  return html`An app of <b><bdi>${host}</bdi></b>${called}`;
}

interface Parts {
  whom: string | Html;
  above?: Html[];
  buttons: Html[];
  below?: Html[];
  leadsTo?: string[];
}

function consentPage(c: Context, asking: Asking, parts: Parts) {
  const { client, redirectUri, scope, handle } = asking;
  const { whom, above = [], buttons, below = [], leadsTo = [] } = parts;
  const { host } = new URL(redirectUri);
  const wanted = scope.split(" ").map((name) => html`<li>${name}: ${MEANINGS[name] ?? name}</li>`);
  const body = html`
    <p>${asker(client)} wants to play here ${whom}.</p>
    <ul>${wanted}</ul>
    <p>Your answer is sent to <b><bdi>${host}</bdi></b>. If you did not start this there, refuse.</p>
    ${above}
    <form method="post" action="/oauth/authorize">
      <input type="hidden" name="consent" value="${handle}">
      ${buttons}
    </form>
    ${below}
  `;
  return page(c, "Connect to MCP Multiplayer", body, { formsLeadTo: [redirectUri, ...leadsTo] });
}
