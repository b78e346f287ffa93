/** What the OAuth door is given. */
import type { Log } from "../../kernel/log.ts";
import type { PeopleStore } from "../../store/people/people_store.ts";
import type { SignInStore } from "../../store/people/sign_in_store.ts";
import type { ClientDirectory } from "../clients/client_directory.ts";
import type { IdentityProvider } from "../providers/identity_provider.ts";

export interface OAuthDeps {
  store: SignInStore;
  clients: ClientDirectory;
  /** The issuer: scheme and authority, no trailing slash. */
  publicUrl: string;
  /** Whether strangers may play as guests. */
  guests: boolean;
  /** How people sign in; undefined where everyone is a guest. */
  login?: Login | undefined;
  /** Whether the operator vouches for a client, so that nobody is asked about it. */
  trusted?: ((clientId: string) => boolean) | undefined;
  now: () => Date;
  /** Told what an operator should know; never given a secret. */
  log?: Log;
}

export interface Login {
  people: PeopleStore;
  /** By id; at least one. */
  providers: ReadonlyMap<string, IdentityProvider>;
}
