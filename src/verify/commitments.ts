/** Commitments of members. A reveal that does not match is the member's fault, not the server's, so
 *  it does not fail the export. */
import type { ChannelExport } from "../domain/proof/channel_export.ts";
import { isTrueReveal } from "../domain/transcript/commitment.ts";
import type { Check } from "./report.ts";

export function checkCommitments({ entries }: ChannelExport): string | Check {
  let opened = 0;
  const lies: string[] = [];
  for (const entry of entries) {
    if (entry.kind !== "user") continue;
    const honest = isTrueReveal(entry, (id) => entries[id - 1]);
    if (honest) opened++;
    else if (honest === false) lies.push(`entry ${entry.id} by ${entry.sender}`);
  }
  if (lies.length === 0) return `${opened} reveals match their commitments`;
  return {
    check: "commitments",
    verdict: "unknown",
    text: `${opened} reveals match their commitments; these reveals match none: ${lies.join(", ")}`,
  };
}
