/** Text on a page for a person to copy verbatim, with a button where the page has the island
 *  `copy`. */
import type { Html } from "./page.tsx";

export function listing(text: string): Html {
  return <pre tabindex={0} data-copy=""><code>{text}</code></pre>;
}

/** What a person says to an agent: unlike code, its lines may break anywhere. */
export function saying(text: string): Html {
  return <pre class="saying" data-copy=""><code>{text}</code></pre>;
}
