/** The one style sheet of all pages. Each page carries it: then the first picture of a page needs
 *  one request, and an error page looks right even where further requests are refused. */
import { sha256, utf8ToBytes } from "../../kernel/hash.ts";
import { CHANNEL_STYLE } from "./channel_style.ts";
import { FORM_STYLE } from "./form_style.ts";
import { VERIFY_STYLE } from "./verify_style.ts";

/** The sheet must not contain characters that HTML would escape. Contrasts are at least 4.5 in both
 *  themes, and what can be pressed is at least 44 px high. */
export const STYLE = `
  :root {
    color-scheme: light dark;
    --paper: light-dark(#faf9f6, #161512);
    --ink: light-dark(#1c1b19, #e8e6e1);
    --quiet: light-dark(#5c5a55, #a8a49c);
    --line: light-dark(#dcd9d2, #3a3833);
    --sheet: light-dark(#f1efea, #211f1b);
    --press: light-dark(#2f6f5e, #7fc8b3);
    --on-press: light-dark(#ffffff, #10201b);
    --turn: light-dark(#8a5a00, #f0b64a);
    --danger: light-dark(#a32d24, #f0978c);
    --verified: light-dark(#1b6e34, #86cf95);
  }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.55 system-ui, sans-serif; }
  .skip { position: absolute; left: .5rem; top: -5rem; padding: .6rem 1rem; background: var(--press);
    color: var(--on-press); border-radius: .5rem; }
  .skip:focus { top: .5rem; }
  .top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: .3rem 1rem;
    max-width: 46rem; margin: 0 auto; padding: .5rem 1rem; }
  .top nav { display: flex; flex-wrap: wrap; gap: .3rem .5rem; margin: 0 -.25rem; }
  .top a { display: inline-flex; align-items: center; gap: .55em; min-height: 44px; min-width: 44px;
    padding: 0 .25rem; font-weight: 600; text-decoration: none; }
  .top .brand { margin-right: auto; }
  .top .account { flex: 1 1 5rem; min-width: 0; max-width: max-content; }
  .top bdi { max-width: 9rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .top .brand { color: var(--ink); }
  .top a[aria-current] { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: .4em; }
  .top svg { width: 1.7rem; height: 1.7rem; }
  main { max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 3rem; overflow-wrap: anywhere; }
  .foot { max-width: 46rem; margin: 0 auto; padding: 1rem 1rem 2rem; border-top: 1px solid var(--line);
    color: var(--quiet); font-size: .88em; }
  h1 { margin: 1rem 0; font-size: 1.6rem; line-height: 1.25; }
  h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
  h3, h4 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
  h4 { font-weight: 600; color: var(--quiet); }
  p, ul, ol { max-width: 68ch; }
  ul, ol { padding-left: 1.3em; }
  li { margin: .35em 0; }
  a { color: var(--press); text-underline-offset: .15em; }
  a:hover, button:hover { filter: brightness(.93); }
  :focus-visible { outline: 3px solid var(--press); outline-offset: 3px; border-radius: .3rem; }
  code, pre { font-family: ui-monospace, monospace; font-size: .88em; background: var(--sheet); border-radius: .3em; }
  code { padding: .1em .3em; }
  pre { padding: .9em 1em; overflow-x: auto; line-height: 1.45; border: 1px solid var(--line); }
  pre code { padding: 0; background: none; font-size: 1em; overflow-wrap: normal; }
  .saying { overflow: visible; }
  .saying, .saying code { white-space: pre-wrap; overflow-wrap: anywhere; font-family: inherit; }
  .quiet { color: var(--quiet); }
  .actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0; }
  button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 44px;
    min-width: 7rem; padding: .4rem 1.1rem; border: 1px solid var(--press); border-radius: .5rem; background: none;
    color: var(--press); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
  .main { background: var(--press); color: var(--on-press); }
  .danger { border-color: var(--danger); color: var(--danger); }
  .facts { margin: 1.5rem 0; padding: .25rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
    background: var(--sheet); }
  .preview { display: block; width: 100%; max-width: 22rem; height: auto; }
  .facts dt { margin-top: .75rem; color: var(--quiet); font-size: .88em; }
  .facts dd { margin: 0 0 .75rem; }
  .figures { display: grid; grid-template-columns: 1fr auto; gap: .35rem 1rem; padding: .75rem 1rem; }
  .figures dt, .figures dd { margin: 0; font-size: 1em; font-variant-numeric: tabular-nums; }
  .figures dd { text-align: right; }
  .lead { font-size: 1.15rem; }
  .cards { list-style: none; padding: 0; max-width: none; }
  .cards li { margin: 0; padding: .5rem 0 .75rem; border-top: 1px solid var(--line); }
  .cards a { display: inline-flex; align-items: center; min-height: 44px; font-weight: 600; }
  .cards p { margin: 0; }
  .does { display: flex; flex-wrap: wrap; gap: .75rem; margin: .75rem 0 .25rem; }
  .cards details p { margin-bottom: .75rem; }
  .table { overflow-x: auto; margin: 1rem 0; }
  table { border-collapse: collapse; min-width: 100%; font-size: .94em; font-variant-numeric: tabular-nums; }
  th, td { padding: .4rem .9rem .4rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top;
    overflow-wrap: normal; }
  td:last-child { min-width: 12rem; }
  thead th { border-top: 0; color: var(--quiet); font-size: .88em; font-weight: 600; }
  @media (max-width: 30rem) {
    .top nav { gap: .3rem; margin: 0; font-size: .88em; }
    .top nav a { padding: 0; }
    .top nav:first-of-type { order: 1; width: 100%; justify-content: space-between; }
    .top .account { order: 0; flex-basis: 4rem; }
  }
  .picture { display: block; width: 100%; max-width: 34rem; margin: 1.5rem 0; font: 15px system-ui, sans-serif; }
  .picture rect { fill: var(--sheet); stroke: var(--line); stroke-width: 1.5; }
  .picture .bubble { fill: var(--paper); }
  .picture text { fill: var(--ink); }
  .picture .name { font-weight: 600; }
  .picture .label { fill: var(--quiet); }
  .picture path, .picture circle { fill: none; stroke: var(--ink); stroke-width: 4; stroke-linecap: round; }
  .picture .grid, .picture .thread { stroke: var(--quiet); stroke-width: 1.5; }
  .picture .mark { stroke: var(--press); }
  .picture .seal { stroke: var(--verified); stroke-width: 2.5; }
  .picture .tick { stroke: var(--verified); stroke-width: 3; }
  .source { max-height: none; font-size: .8em; }
  .source .comment { color: var(--quiet); }
  .source .keyword { color: var(--press); }
  .source .value { color: var(--turn); }
  .rows { list-style: none; padding: 0; max-width: none; }
  .rows li { border-top: 1px solid var(--line); margin: 0; }
  .rows form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between;
    padding: .6rem 0; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .bad { color: var(--danger); }
  .problem { padding: .25rem 1rem; border: 1px solid var(--danger); border-radius: .5rem; }
  input, select { min-height: 44px; max-width: 100%; padding: .4rem .6rem; border: 1px solid var(--quiet);
    border-radius: .5rem; background: var(--paper); color: var(--ink); font: inherit; }
${CHANNEL_STYLE}${VERIFY_STYLE}${FORM_STYLE}`;

/** The sheet's hash as a CSP source, so that a page applies no other style, not even an injected
 *  one. */
export const STYLE_SOURCE = `'sha256-${sha256(utf8ToBytes(STYLE)).toBase64()}'`;
