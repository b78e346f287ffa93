/** The account page: the signed-in person, and the apps that may act for that person. */
import type { Context } from "@hono/hono";
import { signInForms } from "./consent_page.tsx";
import { framed } from "./framed.tsx";
import type { Session } from "../accounts/access/session.ts";
import type { IdentityProvider } from "../accounts/providers/identity_provider.ts";

/** A client that may act for a person, and the hosts of its allowed redirect URIs. */
export interface AllowedApp {
  clientId: string;
  label: string;
  redirectHosts: string[];
}

export function accountPage(c: Context, { name, principal, proof }: Session, apps: AllowedApp[]) {
  const hidden = <input type="hidden" name="proof" value={proof} />;
  const rows = apps.map(({ clientId, label, redirectHosts }) => (
    <li>
      <form method="post" action="/login">
        {hidden}
        <input type="hidden" name="revoke" value={clientId} />
        <span>
          <b>
            <bdi>{label}</bdi>
          </b>{" "}
          <bdi class="quiet">
            {redirectHosts.join(
              ", ",
            )}
          </bdi>
        </span>{" "}
        <button type="submit" class="danger">Revoke</button>
      </form>
    </li>
  ));
  const list = (
    <>
      <h2>Apps that may play in your name</h2>
      <ul class="rows">{rows}</ul>
    </>
  );
  const body = (
    <>
      <p>
        You are signed in as{" "}
        <b>
          <bdi>{name}</bdi>
        </b>{" "}
        (<bdi>{principal}</bdi>).
      </p>
      <form method="post" action="/logout">
        {hidden}
        <p class="actions">
          <button type="submit">Sign out</button>
        </p>
      </form>
      <p class="quiet">Apps stay connected when you sign out.</p>
      {apps.length > 0 ? list : <p>No app may play in your name.</p>}
    </>
  );
  return framed(c, "Your account", body, { formsLeadTo: [] });
}

export function signInPage(c: Context, providers: IdentityProvider[], proof: string) {
  const body = (
    <>
      <p>
        Sign in to see the apps that may play in your name, and to revoke their access. To connect
        an app, start in the app.
      </p>
      {signInForms(providers, proof)}
    </>
  );
  return framed(c, "Sign in", body, { formsLeadTo: providers.map(({ origin }) => origin) });
}
