/** Text on a page for a person to copy verbatim. */
import type { Html } from "./page.tsx";

export function listing(text: string): Html {
  return <pre tabindex={0}><code>{text}</code></pre>;
}
