/** Text on a page for a person to copy verbatim. */
import { raw } from "@hono/hono/html";
import type { Html } from "./page.ts";

/** Not an `html` template, since a formatter must not indent text to be copied. */
export function listing(text: string): Html {
  return raw(`<pre tabindex="0"><code>${escaped(text)}</code></pre>`);
}

function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character]!);
}
