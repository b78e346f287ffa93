/** First in, first out, in the same time however long it is; whoever has lost patience leaves from
 *  the middle. */
export class Fifo<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The returned link takes the value out again: see `remove`. */
  push(value: T): Link<T> {
    const link: Link<T> = { value, before: this.#last, after: undefined, isIn: true };
    if (this.#last) this.#last.after = link;
    else this.#first = link;
    this.#last = link;
    this.#length++;
    return link;
  }

  shift(): T | undefined {
    const first = this.#first;
    if (first) this.remove(first);
    return first?.value;
  }

  /** False when it is not here any more. */
  remove(link: Link<T>): boolean {
    if (!link.isIn) return false;
    const { before, after } = link;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    link.isIn = false;
    this.#length--;
    return true;
  }
}

/** A value's place. */
export interface Link<T> {
  readonly value: T;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
  isIn: boolean;
}
