/** The report of a verification: its signs and its verdict in their colours. */
import { type Output, styled } from "../../session/output.ts";

const SIGNS = { "✔": "green", "?": "dim", "✘": "red" } as const;

export function showReport(out: Output, text: string): void {
  for (const line of text.split("\n")) {
    const [, sign, rest] = /^([✔?✘])( .*)$/.exec(line) ?? [];
    const [, verdict, more] = /^((?:NOT )?(?:FULLY )?VERIFIED)(:.*)$/.exec(line) ?? [];
    if (sign) out.line(styled(SIGNS[sign as keyof typeof SIGNS], sign), rest!);
    else if (verdict) out.line(styled(verdict === "VERIFIED" ? "green" : "red", verdict), more!);
    else out.line(line);
  }
}
