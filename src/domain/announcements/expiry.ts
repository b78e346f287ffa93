/** The end of channels in which nobody does anything any more. */
import * as z from "zod";
import { announcement } from "./announcement.ts";

/** The same text in every release: a verifier compares it, so a server can't choose its own. */
export function warningText(at: string): string {
  return `No member has said or done anything here for long. The server will close this channel at ` +
    `${at}, unless a member posts something before.`;
}

export const idleWarning = announcement(
  "idle_warning",
  "No member does anything any more: when the server closes the channel unless one does.",
  { at: z.iso.datetime(), text: z.string() },
  {},
  ({ at, text }) => text === warningText(at),
);
