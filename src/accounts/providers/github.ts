/** Sign-in with GitHub. GitHub speaks OAuth but not OpenID Connect, so the server asks its API for
 *  the person. */
import * as z from "zod";
import { personPrincipal } from "../../domain/channel/principal.ts";
import type { Person } from "../../store/people/people_store.ts";
import { boundedJson, UpstreamError } from "../../outbound/bounded_fetch.ts";
import {
  authorizationUrl,
  type IdentityProvider,
  type LoginAnswer,
  type ProviderClient,
  shownName,
  tokensFor,
} from "./identity_provider.ts";

export interface GitHubEndpoints {
  authorize: string;
  token: string;
  user: string;
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
export const GITHUB: GitHubEndpoints = {
  authorize: "https://github.com/login/oauth/authorize",
  token: "https://github.com/login/oauth/access_token",
  user: "https://api.github.com/user",
};

/** The id belongs to the account forever; the login can change and pass to someone else. */
const User = z.object({
  id: z.int().positive(),
  login: z.string(),
  name: z.string().nullish(),
});

/** Requests no scope: the id and name of an account are public. */
export function gitHub(client: ProviderClient, endpoints = GITHUB): IdentityProvider {
  return {
    id: "github",
    label: "GitHub",
    origin: new URL(endpoints.authorize).origin,
    begin: (proofs) => Promise.resolve(authorizationUrl(client, endpoints.authorize, proofs, [])),
    finish: (answer) => finish(client, endpoints, answer),
  };
}

async function finish(
  client: ProviderClient,
  endpoints: GitHubEndpoints,
  answer: LoginAnswer,
): Promise<Person> {
  const { data: tokens } = await tokensFor(client, endpoints.token, answer);
  // GitHub also sends errors with status 200.
  const { data: granted } = z.object({ access_token: z.string().min(1) }).safeParse(tokens);
  if (granted === undefined) throw new UpstreamError("The token endpoint returned no access token");
  const { data: user } = User.safeParse(
    await boundedJson(endpoints.user, {
      Accept: "application/vnd.github+json",
      Authorization: `Bearer ${granted.access_token}`,
      "User-Agent": "mcp-multiplayer",
    }),
  );
  if (user === undefined) throw new UpstreamError(`${endpoints.user} did not identify the person`);
  return { principal: personPrincipal("github", user.id), name: shownName(user.name, user.login) };
}
