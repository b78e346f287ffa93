/** What the OAuth door is given. */
import type { Log } from "../domain/log.ts";
import type { PeopleStore } from "../store/people_store.ts";
import type { SignInStore } from "../store/sign_in_store.ts";
import type { ClientDirectory } from "./client_directory.ts";
import type { Upstream } from "./upstream.ts";

export interface OAuthDeps {
  store: SignInStore;
  clients: ClientDirectory;
  /** The issuer: scheme and authority, no trailing slash. */
  publicUrl: string;
  /** Whether strangers may play as guests. */
  guests: boolean;
  /** How people sign in; undefined where everyone is a guest. */
  login?: Login;
  /** Whether the operator vouches for a client, so that nobody is asked about it. */
  trusted?: (clientId: string) => boolean;
  now: () => Date;
  /** Told what an operator should know; never given a secret. */
  log?: Log;
}

export interface Login {
  people: PeopleStore;
  /** By id; at least one. */
  upstreams: ReadonlyMap<string, Upstream>;
}
