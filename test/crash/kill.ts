/** Where a child is killed. Every one can be repeated: it is part of the plan, not of what happens. */
export type Kill =
  /** By itself, at a step that `trap.mjs` knows. */
  | {
      readonly by: 'trap';
      readonly step: string;
      readonly nth: number;
      /** By another thread, so much later, within whatever the step has begun. */
      readonly afterMs?: number;
    }
  /** By the simulator, when the nth request of this kind has come in; carried out before it dies, or never. */
  | {
      readonly by: 'simulator';
      readonly route: 'token' | 'read' | 'close' | 'survey';
      readonly nth: number;
      readonly carriedOut: boolean;
    }
  /** After this share of the time that it takes undisturbed. */
  | { readonly by: 'clock'; readonly share: number };

/** The name under which kills of this kind are counted. */
export function nameOf(kill: Kill): string {
  switch (kill.by) {
    case 'trap':
      return kill.afterMs === undefined ? kill.step : `${kill.step}, and some time within`;
    case 'simulator':
      return `${kill.route}: come in and ${kill.carriedOut ? 'carried out' : 'not carried out'}`;
    case 'clock':
      return 'a random moment';
  }
}

/** The same a little earlier, for one that came too late. */
export function earlier(kill: Kill): Kill {
  switch (kill.by) {
    case 'trap':
      return { ...kill, nth: 1, ...(kill.afterMs !== undefined && { afterMs: kill.afterMs / 2 }) };
    case 'simulator':
      return { ...kill, nth: 1 };
    case 'clock':
      return { ...kill, share: kill.share * 0.75 };
  }
}
