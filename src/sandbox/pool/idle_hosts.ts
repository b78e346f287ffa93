/** Hosts without work. The last to come is the first to go to work again, so that the first can
 *  rest until it shows that it is not needed: then it is let go. */
export class IdleHosts<Member> {
  readonly #hosts: { member: Member; since: number }[] = [];
  readonly #idleMs: number;
  readonly #spare: () => boolean;
  readonly #letGo: (member: Member) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `spare`: whether there are more hosts than should be kept. */
  constructor(idleMs: number, spare: () => boolean, letGo: (member: Member) => void) {
    this.#idleMs = idleMs;
    this.#spare = spare;
    this.#letGo = letGo;
  }

  get length(): number {
    return this.#hosts.length;
  }

  push(member: Member): void {
    this.#hosts.push({ member, since: performance.now() });
    if (this.#spare()) this.#lookIn(this.#idleMs);
  }

  pop(): Member | undefined {
    return this.#hosts.pop()?.member;
  }

  /** False when it is not here. */
  remove(member: Member): boolean {
    const at = this.#hosts.findIndex((host) => host.member === member);
    if (at >= 0) this.#hosts.splice(at, 1);
    return at >= 0;
  }

  /** Forgets every host. */
  close(): void {
    clearTimeout(this.#timer);
    this.#hosts.length = 0;
  }

  #lookIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    this.#timer = undefined;
    while (this.#hosts[0] && this.#spare()) {
      const restMs = this.#hosts[0].since + this.#idleMs - performance.now();
      if (restMs > 0) return this.#lookIn(Math.ceil(restMs));
      this.#letGo(this.#hosts.shift()!.member);
    }
  }
}
