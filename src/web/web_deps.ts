/** What the pages work with. */
import type { AddressOf } from "../accounts/access/own_address.ts";
import type { ClientDocuments } from "../accounts/clients/client_directory.ts";
import type { OfferedExport } from "../channels/proof/export_offers.ts";
import type { Services } from "../operations/operation.ts";

export interface WebDeps {
  /** The origin that a visitor's clients connect to. */
  addressOf: AddressOf;
  /** Whether anyone may play without signing in. */
  guests: boolean;
  clientDocuments: () => ClientDocuments;
  /** The export that a ticket opens; null if it opens none. */
  lookAtExport: (ticket: string) => Promise<OfferedExport | null>;
  services: Pick<Services, "catalogue" | "leaderboard" | "library" | "lister" | "sources">;
}
