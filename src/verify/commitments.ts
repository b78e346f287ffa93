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
  if (lies.length === 0) return `reveals that match their commitments: ${opened}`;
  return {
    check: "commitments",
    verdict: "unknown",
    text: `reveals that match their commitments: ${opened}; reveals that match none: ${
      lies.join(", ")
    }`,
  };
}
