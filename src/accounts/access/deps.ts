/** The dependencies of the OAuth endpoints. */
import type { Log } from "../../kernel/log.ts";
import type { PeopleStore } from "../../store/people/people_store.ts";
import type { SignInStore } from "../../store/people/sign_in_store.ts";
import type { ClientDirectory } from "../clients/client_directory.ts";
import type { IdentityProvider } from "../providers/identity_provider.ts";
import type { AddressOf } from "./own_address.ts";

export interface OAuthDeps {
  store: SignInStore;
  clients: ClientDirectory;
  /** The issuer: scheme and authority, no trailing slash. While a request is served, it is the
   *  address that the request was sent to. */
  publicUrl: string;
  addressOf: AddressOf;
  /** Whether anyone may play as a guest. */
  guests: boolean;
  /** The sign-in of people; undefined if everyone is a guest. */
  login?: Login | undefined;
  /** Whether the operator vouches for a client: the server then asks nobody for consent. */
  trusted?: ((clientId: string) => boolean) | undefined;
  now: () => Date;
  /** The operator's log; it never receives a secret. */
  log?: Log;
}

export interface Login {
  people: PeopleStore;
  /** At least one, by id. */
  providers: ReadonlyMap<string, IdentityProvider>;
}
