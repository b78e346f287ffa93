/** The page to sign in. */
import type { Context } from "@hono/hono";
import { signInForms } from "./consent_page.tsx";
import { framed } from "./framed.tsx";
import type { IdentityProvider } from "../accounts/providers/identity_provider.ts";

export function signInPage(c: Context, providers: IdentityProvider[], proof: string) {
  const body = (
    <>
      <p>
        Sign in to see your channels and the apps that may play in your name. To connect an app,
        start in the app.
      </p>
      {signInForms(providers, proof)}
    </>
  );
  return framed(c, "Sign in", body, { formsLeadTo: providers.map(({ origin }) => origin) });
}
