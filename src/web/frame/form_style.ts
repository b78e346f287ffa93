/** The part of the style sheet for forms with many fields. */
export const FORM_STYLE = `
  .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); gap: 0 1.5rem;
    align-items: start; }
  .field { margin: .6rem 0; min-width: 0; }
  .field label { display: block; font-weight: 600; }
  .field input, .field select { width: 100%; }
  .field .quiet, .tick .quiet { margin: .2rem 0 0; font-size: .88em; }
  .tick { display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem; align-items: center; margin: .3rem 0; }
  .tick input { width: 1.35rem; height: 1.35rem; min-height: 0; margin: 0; accent-color: var(--press); }
  .tick label { min-height: 44px; display: flex; align-items: center; }
  .tick .quiet { grid-column: 2; margin: -.5rem 0 .5rem; }
  fieldset { min-width: 0; margin: 1rem 0; padding: 0; border: 0; }
  .fields > fieldset, .field:has(textarea) { grid-column: 1 / -1; margin: .6rem 0; }
  legend { padding: 0; font-weight: 600; }
  fieldset > .quiet { margin: .2rem 0 0; font-size: .88em; }
  fieldset .fields { grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); }
  fieldset .field label { font-weight: 400; }
  textarea[hidden] { display: none; }
  textarea.code { white-space: pre; overflow-x: auto; line-height: 1.45; }
  mark { display: block; background: none; color: var(--danger); font-weight: 600; }
  [aria-invalid=true] { border: 2px solid var(--danger); }
`;
