/** The identity providers that the operator configured. */
import { gitHub, type GitHubEndpoints } from "./github.ts";
import { OidcProvider } from "./oidc.ts";
import type { IdentityProvider } from "./identity_provider.ts";

interface Credentials {
  id: string;
  secret: string;
}

/** At least one of them is present. */
export interface LoginSettings {
  /** Only tests set `endpoints`, to replace GitHub's; no setting does. */
  github?: Credentials & { endpoints?: GitHubEndpoints } | undefined;
  google?: Credentials | undefined;
  /** `name` is the label of its sign-in button. */
  oidc?: Credentials & { issuer: string; name: string } | undefined;
}

const GOOGLE = "https://accounts.google.com";

/** The providers by id, in the order in which the pages show them. */
export function providers(
  { github, google, oidc }: LoginSettings,
  publicUrl: string,
  now: () => Date,
): ReadonlyMap<string, IdentityProvider> {
  const redirectUri = (id: string) => `${publicUrl}/login/${id}/callback`;
  const all: IdentityProvider[] = [];
  if (github) all.push(gitHub({ ...github, redirectUri: redirectUri("github") }, github.endpoints));
  if (google) {
    const settings = { ...google, issuer: GOOGLE, redirectUri: redirectUri("google") };
    all.push(new OidcProvider("google", "Google", settings, now));
  }
  if (oidc) {
    const settings = { ...oidc, redirectUri: redirectUri("oidc") };
    all.push(new OidcProvider("oidc", oidc.name, settings, now));
  }
  return new Map(all.map((provider) => [provider.id, provider]));
}
