/** Text on a page that a person copies as it is. */
import { raw } from "@hono/hono/html";
import type { Html } from "./frame/page.ts";

/** A formatter must not indent what a person copies, so listings are not `html` templates. */
export function listing(text: string): Html {
  return raw(`<pre><code>${escaped(text)}</code></pre>`);
}

function escaped(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => names[character]!);
}
