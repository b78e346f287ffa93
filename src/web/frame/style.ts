/** The one style sheet of all pages. */
import { sha256, utf8ToBytes } from "../../kernel/hash.ts";

/** The sheet must not contain characters that HTML would escape. */
export const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; }
  h2 { margin-top: 2.5rem; font-size: 1.25rem; }
  code, pre { background: #8882; border-radius: .2em; font-size: .9em; }
  code { padding: .1em .3em; overflow-wrap: anywhere; }
  pre { padding: .8em 1em; overflow-x: auto; line-height: 1.45; }
  pre code { padding: 0; background: none; font-size: 1em; overflow-wrap: normal; }
  .install { display: inline-block; margin-right: .6em; padding: .2em .8em; border: 1px solid; border-radius: .4em; }
`;

/** The sheet's hash as a CSP source, so that a page applies no other style, not even an injected
 *  one. */
export const STYLE_SOURCE = `'sha256-${sha256(utf8ToBytes(STYLE)).toBase64()}'`;
