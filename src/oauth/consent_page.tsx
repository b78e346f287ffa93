/** The consent page: it shows the requesting app, the requested scopes, the host that receives the
 *  answer, and the account to be used. */
import type { Context } from "@hono/hono";
import type { Scope } from "../accounts/scope.ts";
import { NO_NAME, publisher } from "../accounts/clients/client_label.ts";
import type { Client } from "../store/people/sign_in_records.ts";
import { framed } from "./framed.tsx";
import type { Html } from "../web/frame/page.tsx";
import { isPrivateUse } from "../accounts/clients/redirect_policy.ts";
import type { Session } from "../accounts/access/session.ts";
import type { IdentityProvider } from "../accounts/providers/identity_provider.ts";

interface Asking {
  client: Client;
  redirectUri: string;
  scope: Scope;
  /** Single-use. */
  handle: string;
}

/** What an app with each scope may do, as the rest of a sentence that begins with "It may". */
const MEANINGS: Record<Scope, string> = {
  play: "create and join channels, read them, post messages and make moves",
  watch: "read the channels that you may read, and change nothing",
};

const allow = (text: string) => (
  <button type="submit" class="main" name="decision" value="allow">{text}</button>
);
const ALLOW = allow("Allow");
const REFUSE = <button type="submit" name="decision" value="deny">Refuse</button>;

/** Asks a guest, on a server without sign-in. */
export function guestPage(c: Context, asking: Asking) {
  return consentPage(c, asking, { whom: "as a new guest", buttons: [ALLOW, REFUSE] });
}

/** Asks a signed-in person. */
export function personPage(c: Context, asking: Asking, { name, principal, proof }: Session) {
  const notYou = (
    <form method="post" action="/logout">
      <input type="hidden" name="proof" value={proof} />
      <input type="hidden" name="consent" value={asking.handle} />
      <p>Not you?</p>
      <p class="actions">
        <button type="submit">Use another account</button>
      </p>
    </form>
  );
  const whom = (
    <>
      as{" "}
      <b>
        <bdi>{name}</bdi>
      </b>{" "}
      (<bdi>{principal}</bdi>)
    </>
  );
  return consentPage(c, asking, { whom, buttons: [ALLOW, REFUSE], below: [notYou] });
}

/** Asks a person who is not signed in. If the server admits guests, playing as a guest also gives
 *  consent. */
export function strangerPage(
  c: Context,
  asking: Asking,
  { providers, guests, proof }: { providers: IdentityProvider[]; guests: boolean; proof: string },
) {
  return consentPage(c, asking, {
    whom: guests ? "in your name or as a guest" : "in your name",
    above: signInForms(providers, proof, asking.handle),
    buttons: guests ? [allow("Play as a guest"), REFUSE] : [REFUSE],
    leadsTo: providers.map(({ origin }) => origin),
  });
}

/** One sign-in form for each provider. `handle` names the pending authorization request. */
export function signInForms(providers: IdentityProvider[], proof: string, handle?: string): Html[] {
  return providers.map(({ id, label }) => (
    <form method="post" action={`/login/${id}`}>
      <input type="hidden" name="proof" value={proof} />
      {handle && <input type="hidden" name="consent" value={handle} />}
      <p class="actions">
        <button type="submit" class="main">Sign in with {label}</button>
      </p>
    </form>
  ));
}

function asker({ clientId, name }: Client): Html {
  const host = publisher(clientId);
  if (host === undefined) {
    return (
      <>
        An app that calls itself{" "}
        <b>
          <bdi>{name || NO_NAME}</bdi>
        </b>
      </>
    );
  }
  const called = name && (
    <>
      {" "}that calls itself <bdi>{name}</bdi>
    </>
  );
  return (
    <>
      An app of{" "}
      <b>
        <bdi>{host}</bdi>
      </b>
      {called}
    </>
  );
}

/** Where the answer goes: a host, or whichever program claims a private-use scheme. */
function leadsWhere(redirectUri: string): Html {
  const { protocol, host } = new URL(redirectUri);
  if (!isPrivateUse(redirectUri)) {
    return (
      <b>
        <bdi>{host}</bdi>
      </b>
    );
  }
  return (
    <>
      the program on this device that opens{" "}
      <b>
        <bdi>{protocol}</bdi>
      </b>{" "}
      links:{" "}
      <code>
        <bdi>{redirectUri}</bdi>
      </code>. This server can't tell which program that is.
    </>
  );
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
  const body = (
    <>
      <p>{asker(client)} wants to {scope === "play" ? "play" : "watch"} here {whom}.</p>
      <dl class="facts">
        <dt>It may</dt>
        <dd>{MEANINGS[scope]}.</dd>
        <dt>Your answer goes to</dt>
        <dd>{leadsWhere(redirectUri)}</dd>
      </dl>
      <p>If you did not start this there, refuse.</p>
      {above}
      <form method="post" action="/oauth/authorize">
        <input type="hidden" name="consent" value={handle} />
        <p class="actions">{buttons}</p>
      </form>
      {below}
    </>
  );
  return framed(c, "Connect to MCP Multiplayer", body, { formsLeadTo: [redirectUri, ...leadsTo] });
}
