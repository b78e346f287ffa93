/** The keyboard on a board: arrows lead from one button to the next, and the focus stays at its
 *  cell when the board is drawn anew. */

type Place = [row: number, column: number];

export class Cells {
  readonly #root: HTMLElement;
  /** Of the cell that had the focus last. */
  #last: Place | undefined;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener("keydown", (event) => this.#lead(event));
  }

  /** To be called before the board is drawn. */
  remember(): void {
    this.#last = placeOf(document.activeElement) ?? this.#last;
  }

  /** To be called after it: who plays by keys goes on from the same cell. */
  restore(): void {
    const isLost = document.hasFocus() && document.activeElement === document.body;
    if (isLost && this.#last) this.#buttonAt(...this.#last)?.focus();
  }

  #lead(event: KeyboardEvent): void {
    const [down, right] = {
      ArrowUp: [-1, 0] as const,
      ArrowDown: [1, 0] as const,
      ArrowLeft: [0, -1] as const,
      ArrowRight: [0, 1] as const,
    }[event.key] ?? [0, 0];
    const place = placeOf(event.target as Element);
    if (!place || down === right) return;
    event.preventDefault();
    let [row, column] = place;
    do [row, column] = [row + down, column + right]; while (
      this.#cellAt(row, column) && !this.#buttonAt(row, column)
    );
    this.#buttonAt(row, column)?.focus();
  }

  #cellAt(row: number, column: number): HTMLTableCellElement | undefined {
    return this.#root.querySelector<HTMLTableElement>(".board table")?.rows[row]?.cells[column];
  }

  #buttonAt(row: number, column: number): HTMLButtonElement | null | undefined {
    return this.#cellAt(row, column)?.querySelector("button");
  }
}

/** The row and column of the cell that an element stands in. */
function placeOf(element: Element | null): Place | undefined {
  const cell = element?.closest("td");
  return cell ? [(cell.parentElement as HTMLTableRowElement).rowIndex, cell.cellIndex] : undefined;
}
