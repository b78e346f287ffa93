/** How pages name an app. */
import type { Client } from "../../store/people/sign_in_records.ts";

export const NO_NAME = "(no name)";

/** A client's name in one line. */
export function clientLabel({ clientId, name }: Pick<Client, "clientId" | "name">): string {
  return publisher(clientId) ?? (name || NO_NAME);
}

/** The host that publishes a client's metadata, if the id is its URL. The client can't choose it
 *  freely, unlike its name. */
export function publisher(clientId: string): string | undefined {
  return clientId.startsWith("https://") ? new URL(clientId).host : undefined;
}
