/** How the model refuses an entry. */
import { Wrong } from "../report.ts";

/** Throws `Wrong` for entry `id` where something is as no server leaves it. */
export function wrongIf(wrong: boolean, text: string, id: number): void {
  if (wrong) throw new Wrong(text, id);
}
