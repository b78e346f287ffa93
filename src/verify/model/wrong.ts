/** The error by which a check fails an export or one of its entries. */

/** Thrown when a check fails. `text` is for the report; `id` is the entry at fault, if one is. */
export class Wrong extends Error {
  override readonly name = "Wrong";
  constructor(readonly text: string, readonly id?: number) {
    super(text);
  }
}

/** Throws `Wrong` about entry `id` if a condition holds. */
export function wrongIf(wrong: boolean, text: string, id: number): void {
  if (wrong) throw new Wrong(text, id);
}
