/** Members' own commitments. One that is opened falsely is its member's doing, not the server's. */
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
  if (lies.length === 0) return `${opened} opened as committed`;
  return {
    check: "commitments",
    verdict: "unknown",
    text: `${opened} opened as committed; not what was committed, or never was: ${lies.join(", ")}`,
  };
}
