/** First in, first out, in the same time however long it is. */
export class Fifo<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: T): void {
    const link: Link<T> = { value, next: undefined };
    if (this.#last) this.#last.next = link;
    else this.#first = link;
    this.#last = link;
    this.#length++;
  }

  shift(): T | undefined {
    const first = this.#first;
    if (!first) return undefined;
    this.#first = first.next;
    if (!first.next) this.#last = undefined;
    this.#length--;
    return first.value;
  }
}

interface Link<T> {
  readonly value: T;
  next: Link<T> | undefined;
}
