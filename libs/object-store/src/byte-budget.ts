/**
 * Bytes that all uploads of the process may hold together (I6). A share is refused what there is no room for; a claim waits
 * for it. Claims cannot block each other for ever: bytes are given out only while some claim that has begun could still
 * take all that it may need, give it back, and so let the next one end (the banker's algorithm for one resource).
 */
export class ByteBudget {
  #taken = 0;
  /** Claims that hold bytes now. */
  readonly #begun = new Set<Claim>();
  /** In the order in which they came. */
  readonly #waiting: Waiting[] = [];
  /** The most that a claim may need, once there was one. */
  #largest = 0;

  constructor(readonly limit: number) {}

  get used(): number {
    return this.#taken;
  }

  /** A share that starts empty; it never waits, so what it holds must not wait for a claim either. */
  share(): BudgetShare {
    let held = 0;
    return {
      grow: (to) => {
        const more = to - held;
        if (more <= 0) return true;
        if (!this.#leavesEnough(this.limit - this.#taken - more)) return false;
        this.#taken += more;
        held = to;
        return true;
      },
      release: () => {
        this.#giveBack(held);
        held = 0;
      },
    };
  }

  /** A claim that starts empty and never holds more than `most` bytes at a time. */
  claim(most: number): BudgetClaim {
    if (most > this.limit) throw new TypeError(`A buffer of ${most} bytes does not fit into a budget of ${this.limit}.`);
    this.#largest = Math.max(this.#largest, most);
    const claim: Claim = { most, held: 0 };
    return {
      take: (bytes) => this.#take(claim, bytes),
      handOver: () => {
        const handed = claim.held;
        this.#hold(claim, 0);
        return () => this.#giveBack(handed);
      },
      release: () => {
        const held = claim.held;
        this.#hold(claim, 0);
        this.#leave(claim);
        this.#giveBack(held);
      },
    };
  }

  #take(claim: Claim, bytes: number): void | Promise<void> {
    if (claim.held + bytes > claim.most) throw new TypeError(`A claim of ${claim.most} bytes cannot hold ${claim.held + bytes}.`);
    if (this.#waiting.length === 0 && this.#fits(claim, bytes)) return this.#grant(claim, bytes);
    return new Promise((resolve) => {
      this.#waiting.push({ claim, bytes, resolve });
      this.#serve();
    });
  }

  #grant(claim: Claim, bytes: number): void {
    this.#taken += bytes;
    this.#hold(claim, claim.held + bytes);
  }

  #hold(claim: Claim, bytes: number): void {
    claim.held = bytes;
    if (bytes > 0) this.#begun.add(claim);
    else this.#begun.delete(claim);
  }

  #giveBack(bytes: number): void {
    if (bytes === 0) return;
    this.#taken -= bytes;
    this.#serve();
  }

  /** Whoever can have what he asks for gets it, also before somebody who came earlier and cannot. */
  #serve(): void {
    for (let at = 0; at < this.#waiting.length; ) {
      const { claim, bytes, resolve } = this.#waiting[at]!;
      if (!this.#fits(claim, bytes)) {
        at += 1;
        continue;
      }
      this.#waiting.splice(at, 1);
      this.#grant(claim, bytes);
      resolve();
    }
  }

  #leave(claim: Claim): void {
    const at = this.#waiting.findIndex((waiting) => waiting.claim === claim);
    if (at >= 0) this.#waiting.splice(at, 1)[0]!.resolve();
  }

  #fits(claim: Claim, bytes: number): boolean {
    const free = this.limit - this.#taken - bytes;
    return free >= claim.most - claim.held - bytes || this.#leavesEnough(free);
  }

  /** Whether some claim could still take all that it may need. */
  #leavesEnough(free: number): boolean {
    if (free >= this.#largest) return true;
    for (const { most, held } of this.#begun) if (most - held <= free) return true;
    return false;
  }
}

interface Claim {
  readonly most: number;
  held: number;
}

interface Waiting {
  readonly claim: Claim;
  readonly bytes: number;
  readonly resolve: () => void;
}

export interface BudgetShare {
  /** False when the budget has no room for so many bytes. */
  grow(to: number): boolean;
  release(): void;
}

export interface BudgetClaim {
  /** Resolves when the bytes are held, or the claim was released. At most one call may wait. */
  take(bytes: number): void | Promise<void>;
  /** What is held now goes back by itself, when the returned function is called, once; the claim starts empty again. */
  handOver(): () => void;
  release(): void;
}
