/** How many closes a run may begin. Counted when the intent is recorded, given back when it was not. */
export interface Budget {
  take(): boolean;
  giveBack(): void;
  readonly used: number;
}

export function createBudget(maxCloses: number): Budget {
  let used = 0;
  return {
    take: () => {
      if (used >= maxCloses) return false;
      used++;
      return true;
    },
    giveBack: () => {
      used--;
    },
    get used() {
      return used;
    },
  };
}
