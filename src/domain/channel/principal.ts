/** A principal is the stable name of a caller: `guest:<id>` for a guest, `<provider>:<subject>` for
 *  a person whom an identity provider has authenticated. No provider has the id `guest`. */

const GUEST = "guest:";

export function guestPrincipal(id: string): string {
  return GUEST + id;
}

export function personPrincipal(provider: string, subject: string | number): string {
  return `${provider}:${subject}`;
}

export function isGuest(principal: string): boolean {
  return principal.startsWith(GUEST);
}

/** The id of a person's identity provider. A subject may contain colons. */
export function providerOf(principal: string): string {
  const [provider = ""] = principal.split(":", 1);
  return provider;
}
