/** The seal: a small round sign, and a word for it. */
import type { Seal } from "./verdict.ts";

const SIGNS: Record<Seal, string> = { same: "✔", open: "?", differs: "✘" };

export function SealSign({ seal, word }: { seal: Seal; word?: string }) {
  return (
    <span class={`seal ${seal}`}>
      <span aria-hidden="true">{SIGNS[seal]}</span>
      {word === undefined ? null : <span class="word">{word}</span>}
    </span>
  );
}
