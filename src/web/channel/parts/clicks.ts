/** What is pressed on a board, and what follows. */
import type { MoveValue } from "../../../domain/board/view.ts";

/** A cell that can be pressed. */
export interface Pressable {
  /** Present for a first cell of two: whether it is chosen. */
  isChosen?: boolean;
  press(): void;
}

/** What a player has pressed so far. */
export interface Choice {
  /** The first cell, and where it leads. */
  from?: { name: string; to: Record<string, MoveValue[]> } | undefined;
  /** The moves between the two cells, of which the player has to choose one. */
  among: MoveValue[];
}

export interface Clicks {
  choice: Choice;
  play(value: MoveValue): void;
  choose(choice: Choice): void;
}
