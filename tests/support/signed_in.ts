/** People who have signed in, as a sign-in leaves them in the database. */
import { SignInStore } from "../../src/store/people/sign_in_store.ts";

/** Access tokens of the principals `oidc:<name>`, valid for a day. */
export async function signedIn(kv: Deno.Kv, names: readonly string[]): Promise<string[]> {
  const store = new SignInStore(kv, { shared: false });
  const now = new Date();
  const expiresAt = new Date(now.getTime() + 24 * 3_600_000);
  const tokens = names.map((name) => `token-of-${name}-${crypto.randomUUID()}`);
  for (const [i, secret] of tokens.entries()) {
    const grant = {
      grantId: crypto.randomUUID(),
      clientId: "test",
      principal: `oidc:${names[i]}`,
      scope: "play" as const,
      expiresAt,
    };
    await store.begin(grant, { access: { secret, expiresAt } }, now);
  }
  return tokens;
}
