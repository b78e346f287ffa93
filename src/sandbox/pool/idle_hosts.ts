/** The idle hosts of a pool, as a stack: the last to become idle is the first to get work. A host
 *  that stays unused at the bottom for `idleMs` is surplus, and is released. */
export class IdleHosts<Member> {
  readonly #hosts: { member: Member; since: number }[] = [];
  readonly #idleMs: number;
  readonly #spare: () => boolean;
  readonly #letGo: (member: Member) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `spare`: whether there are more hosts than the pool keeps warm. `letGo` ends a host. */
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

  /** Removes a host; false if it is not idle. */
  remove(member: Member): boolean {
    const at = this.#hosts.findIndex((host) => host.member === member);
    if (at >= 0) this.#hosts.splice(at, 1);
    return at >= 0;
  }

  /** Removes every host without ending it. */
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
