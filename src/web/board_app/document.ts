/** The document of the board app: one file, which loads nothing. The host frames it in an origin of
 *  its own, under a policy that allows inline scripts and styles and no connection. Equal scripts
 *  give equal bytes. */
import { inlineScript } from "../frame/inline.ts";
import { SQUARES } from "../frame/squares.ts";

/** Texts have the host's colours and font. The ground is the host's, too: colour schemes are set on
 *  the body, since one of the root would give the frame a ground of its own. */
const STYLE = `
  html { background: transparent; }
  body { --ink: var(--color-text-primary, light-dark(#1c1b19, #e8e6e1));
    --quiet: var(--color-text-secondary, light-dark(#5c5a55, #a8a49c));
    --line: var(--color-border-primary, light-dark(#8d8982, #7d7970));
    --press: light-dark(#2f6f5e, #7fc8b3);
    color-scheme: light dark; margin: 0; padding: .25rem; color: var(--ink);
    font: 16px/1.4 var(--font-sans, system-ui, sans-serif); overflow-wrap: anywhere; }
  .board { margin: 0; }
  pre { margin: 0; font: 14px/1.35 var(--font-mono, ui-monospace, monospace); white-space: pre-wrap; }
  table { border-collapse: collapse; }
  td, th { position: relative; height: 44px; min-width: 44px; padding: 0 .3rem; text-align: center; }
  th { min-width: 1rem; color: var(--quiet); font-size: .8em; font-weight: 400; }
  .board[data-kind=grid] th { min-width: 1rem; height: 1.5rem; padding: 0 .1rem; }
  td { border: 1px solid var(--line); }
  .board .corner, .board .note { border: 0; }
  .board .note { color: var(--quiet); font-size: .88em; text-align: start; }
  .board > p { white-space: pre-line; }
  .board[data-kind=grid] td { padding: 0; font-size: 1.5rem; line-height: 1; }
${SQUARES}  td[data-marked] { box-shadow: inset 0 0 0 2px var(--press); }
  button { min-width: 44px; min-height: 44px; border: 1px solid var(--press); border-radius: .4rem; background: none;
    color: inherit; font: inherit; cursor: pointer; }
  td button { width: 100%; min-width: 0; height: 44px; padding: 0; border: 0; border-radius: 0; }
  .board table:has(td:nth-of-type(8)) td { min-width: min(44px, 10.5vw); }
  td[data-square][data-marked] { box-shadow: inset 0 0 0 2px light-dark(#2f6f5e, #0b3a2e); }
  td button:hover { background: color-mix(in srgb, var(--press) 18%, transparent); }
  td button:empty::after { content: "\\00b7"; color: var(--quiet); }
  button[aria-pressed=true] { background: color-mix(in srgb, var(--press) 30%, transparent); }
  :focus-visible { outline: 3px solid var(--press); outline-offset: -3px; }
  p { margin: .3rem 0; }
  .quiet { color: var(--quiet); font-size: .88em; }
  .turn { min-height: 1.4em; font-weight: 600; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

export function boardAppHtml({ script }: { script: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Board</title>
<style>${STYLE}</style>
</head>
<body>
<main id="board"><p>The board appears here.</p></main>
<script type="module">${inlineScript(script)}</script>
</body>
</html>
`;
}
