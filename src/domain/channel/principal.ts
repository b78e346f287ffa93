/** A principal is the stable name of a caller: `guest:<id>` for a guest, `<provider>:<subject>` for
 *  a person whom an identity provider has authenticated. No provider has the id `guest` or
 *  `lobby`. */

const GUEST = "guest:";

export function guestPrincipal(id: string): string {
  return GUEST + id;
}

export function personPrincipal(provider: string, subject: string | number): string {
  return `${provider}:${subject}`;
}

const LOBBY = "lobby:";

/** The server's own principal, as the creator of a channel that it opened for players whom it
 *  paired. Nobody calls as that, so such a channel has no host. What is stored and run in it counts
 *  for one of the players: the `payer`. */
export function lobbyPrincipal(payer: string): string {
  return LOBBY + payer;
}

/** Whether a channel of this creator has no host. */
export function isLobby(creator: string): boolean {
  return creator.startsWith(LOBBY);
}

/** For whom the bytes and the bots of a channel count, by its creator. */
export function payerOf(creator: string): string {
  return isLobby(creator) ? creator.slice(LOBBY.length) : creator;
}

export function isGuest(principal: string): boolean {
  return principal.startsWith(GUEST);
}

/** The id of a person's identity provider. A subject may contain colons. */
export function providerOf(principal: string): string {
  const [provider = ""] = principal.split(":", 1);
  return provider;
}

/** A visitor of the pages in general: nobody calls as this principal, so nothing belongs to it. */
export const ANYBODY = "";
