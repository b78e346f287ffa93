/** The part of the style sheet for verifications, and for seals wherever they stand. */
export const VERIFY_STYLE = `
  .drop { display: grid; grid-template-columns: minmax(0, 1fr); justify-items: center; gap: .5rem; padding: 1.75rem 1rem; border: 2px dashed var(--quiet);
    border-radius: .5rem; background: var(--sheet); text-align: center; cursor: pointer; }
  .drop.over { border: 2px solid var(--press); }
  .drop > :first-child { font-weight: 600; }
  .drop input { max-width: 100%; padding: 0; border: 0; background: none; }
  .drop input::file-selector-button { min-height: 44px; margin-right: .75rem; padding: .4rem 1.1rem;
    border: 1px solid var(--press); border-radius: .5rem; background: var(--press); color: var(--on-press);
    font: inherit; font-weight: 600; cursor: pointer; }
  summary { min-height: 44px; padding: .6rem 0; color: var(--press); cursor: pointer; }
  textarea { display: block; width: 100%; margin: .5rem 0; padding: .6rem; border: 1px solid var(--quiet);
    border-radius: .5rem; background: var(--paper); color: var(--ink); font: .88em ui-monospace, monospace; }
  .progress { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem; margin: 1.5rem 0;
    font-variant-numeric: tabular-nums; }
  progress { width: 8rem; accent-color: var(--press); }
  .progress button { margin-left: auto; }
  .seal { display: inline-flex; align-items: baseline; gap: .45em; font-weight: 600; }
  .seal > :first-child { display: inline-grid; place-items: center; flex: none; width: 1.5em; height: 1.5em;
    border: 1.5px solid; border-radius: 50%; line-height: 1; }
  .seal.same, .verdict.same h2 { color: var(--verified); }
  .seal.differs, .verdict.differs h2 { color: var(--danger); }
  .seal.open { color: var(--quiet); }
  .verdict { display: flex; gap: 1rem; margin: 1.75rem 0; padding: 1.1rem 1.1rem .35rem; border: 1px solid var(--line);
    border-radius: .5rem; background: var(--sheet); }
  .verdict > div { min-width: 0; }
  .verdict > .seal { align-self: start; font-size: 1.35rem; }
  .verdict h2 { margin: .1rem 0 .6rem; }
  .verdict h2:focus { outline: none; }
  .verdict p { margin: .4rem 0 .75rem; }
  .checks { list-style: none; padding: 0; max-width: none; }
  .checks li { display: grid; grid-template-columns: 7.5rem 1fr; gap: .25rem 1rem; margin: 0; padding: .6rem 0;
    border-top: 1px solid var(--line); }
  .entries { max-width: none; padding-left: 2.4em; font-variant-numeric: tabular-nums; }
  .entries li { margin: 0; padding: .45rem 0; border-top: 1px solid var(--line); content-visibility: auto; }
  .entries .seal, .checks .seal { font-size: .88em; }
  @media (max-width: 30rem) { .checks li { grid-template-columns: 1fr; } }
`;
