/** The apps that may act for a person who signed in. */
import { ACCOUNT_LIMITS } from "../../domain/limits/accounts.ts";
import { clientLabel } from "../clients/client_label.ts";
import type { Login, OAuthDeps } from "./deps.ts";

type Deps = Pick<OAuthDeps, "store" | "now">;

/** A client that may act for a person, and the hosts of its allowed redirect URIs. */
export interface AllowedApp {
  clientId: string;
  label: string;
  redirectHosts: string[];
}

/** The apps that a person allowed, and those that still hold a grant although the approval has
 *  expired. */
export async function appsOf(
  principal: string,
  { store, now }: Deps,
  { people }: Login,
): Promise<AllowedApp[]> {
  const apps = new Map<string, AllowedApp>();
  for (const approval of await people.approvals(principal, ACCOUNT_LIMITS.approvalsShown, now())) {
    const { clientId, clientLabel: label, redirectHost } = approval;
    const redirectHosts = [...apps.get(clientId)?.redirectHosts ?? [], redirectHost];
    apps.set(clientId, { clientId, label, redirectHosts });
  }
  for (const clientId of await store.clientsOf(principal)) {
    if (apps.has(clientId)) continue;
    const label = clientLabel(await store.client(clientId, now()) ?? { clientId, name: "" });
    apps.set(clientId, { clientId, label, redirectHosts: [] });
  }
  return [...apps.values()];
}

/** Ends an app's permission to act for a person, at once and for all its tokens. */
export async function revokeApp(
  principal: string,
  clientId: string,
  { store }: Deps,
  { people }: Login,
): Promise<void> {
  await people.deleteApprovals(principal, clientId);
  await store.revokeGrantsTo(principal, clientId);
}
