/** Bytes that all uploads of the process may hold together (I6). Taken in steps as headers grow, given back at their end. */
export class ByteBudget {
  private taken = 0;

  constructor(readonly limit: number) {}

  get used(): number {
    return this.taken;
  }

  /** A share that starts empty. */
  share(): BudgetShare {
    let held = 0;
    return {
      grow: (to) => {
        const more = to - held;
        if (more <= 0) return true;
        if (this.taken + more > this.limit) return false;
        this.taken += more;
        held = to;
        return true;
      },
      release: () => {
        this.taken -= held;
        held = 0;
      },
    };
  }
}

export interface BudgetShare {
  /** False when the budget has no room for so many bytes. */
  grow(to: number): boolean;
  release(): void;
}
