/** How a check refuses an export or one of its entries. */

/** Thrown by a check where something is wrong. */
export class Wrong extends Error {
  override readonly name = "Wrong";
  constructor(readonly text: string, readonly id?: number) {
    super(text);
  }
}

/** Throws `Wrong` for entry `id` where something is as no server leaves it. */
export function wrongIf(wrong: boolean, text: string, id: number): void {
  if (wrong) throw new Wrong(text, id);
}
