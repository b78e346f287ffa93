import { SQUARES } from "./squares.ts";

/** The part of the style sheet for channels: the board first, the log beside it or below. */
export const CHANNEL_STYLE = `
  main:has(.scene), body:has(.scene) .top, body:has(.scene) .foot { max-width: 70rem; }
  .scene > section { min-width: 0; }
  .scene h2 { margin-top: 1.5rem; }
  @media (min-width: 60rem) {
    .scene { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; grid-template-rows: auto 1fr; gap: 0 2.5rem; }
    .scene .position, .scene .player { grid-column: 1; }
    .scene .said { grid-column: 2; grid-row: 1 / span 2; }
    .scene .people { grid-column: 1 / -1; display: grid; grid-template-columns: 1fr 1fr; gap: 0 2.5rem; }
    .scene .said h2 { margin-top: 1rem; }
  }
  .board { margin: 1rem 0; overflow-x: auto; }
  .board figcaption { margin-bottom: .5rem; }
  .board > p { white-space: pre-line; }
  .board table { min-width: 0; border-collapse: collapse; }
  .board td, .board th { position: relative; min-width: 2.2rem; height: 2.2rem; padding: .2rem .4rem; text-align: center;
    vertical-align: middle; }
  .board th { border: 0; color: var(--quiet); font-weight: 400; }
  .board td { border: 1px solid var(--line); }
  .board .corner, .board .note { border: 0; }
  .board .note { min-width: 6rem; color: var(--quiet); text-align: start; }
  .board[data-kind=grid] td { min-width: min(4.4rem, 10vw); height: min(4.4rem, 10vw); padding: 0;
    font-size: min(2rem, 6vw); line-height: 1; }
  .board[data-kind=grid] table:not(:has(td:nth-of-type(5))) td { min-width: min(8rem, 22vw); height: min(8rem, 22vw);
    font-size: min(3.6rem, 12vw); }
  .board[data-kind=grid] th { min-width: 1.2rem; padding: 0; }
${SQUARES}  .board td[data-square] button { color: light-dark(#24594b, #0b3a2e); }
  .board td[data-marked] { outline: 2px solid var(--press); outline-offset: -3px; }
  .board td[data-square][data-marked] { outline-color: light-dark(#2f6f5e, #0b3a2e); }
  .board td:has(> button) { padding: 0; }
  .board td button { min-width: 100%; min-height: 100%; width: 100%; height: 100%; padding: 0; border: 0; border-radius: 0; }
  .board td button[aria-pressed=true] { background: var(--press); color: var(--on-press); }
  .turn, .clock { margin: .5rem 0; min-height: 1.6em; font-weight: 600; color: var(--turn); }
  .clock { font-variant-numeric: tabular-nums; }
  .log { max-height: 32rem; overflow-y: auto; padding-left: 3rem; }
  .log bdi { white-space: pre-line; }
  .moments { padding-left: .3rem; list-style: none; }
  .moments a { display: inline-block; min-width: 2.6em; margin-right: .4em; padding: .3em;
    font-variant-numeric: tabular-nums; }
  .moments a[aria-current] { font-weight: 700; outline: 2px solid var(--press); }
  .log li[data-by=system] { color: var(--quiet); }
  .player { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; }
  .player input { flex: 1 1 100%; accent-color: var(--press); }
  .qr { display: block; width: 15rem; max-width: 100%; fill: #000; shape-rendering: crispEdges; }
  .qr rect { fill: #fff; }
  .hash code { overflow-wrap: anywhere; }
  .scene input:not([type=range]) { flex: 1 1 8rem; min-width: 0; }
`;
