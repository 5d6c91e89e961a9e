import { ApiError } from '../domain/errors.ts';
import { type Refusal, wrongClock, wrongOrganization } from '../domain/guard.ts';
import type { Ending } from './ending.ts';
import type { RemoteInfo } from './ports.ts';

/** Asked before each close by policy; the answer is worked out once, when the first one comes. */
export interface Gate {
  mayCloseByPolicy(): Promise<boolean>;
}

/** Guards (c) and (d): what only the remote side can tell. The others are asked before the first read. */
export function createGate(options: {
  remote: RemoteInfo;
  ending: Ending;
  expectOrganization: string | null;
  /** A dry run closes nothing: it says what would be refused and goes on. */
  dryRun: boolean;
}): Gate {
  const { remote, ending, expectOrganization, dryRun } = options;
  let asked: Promise<boolean> | null = null;

  async function ask(): Promise<boolean> {
    const refusal = await find();
    if (refusal === null) return true;
    if (dryRun) {
      ending.note(`A real run would be refused: ${refusal.sentence}`);
      return true;
    }
    ending.refuse(refusal);
    return false;
  }

  async function find(): Promise<Refusal | null> {
    const clock = wrongClock(remote.clockSkewMs());
    if (clock !== null || expectOrganization === null) return clock;
    try {
      return wrongOrganization(expectOrganization, await remote.organization(ending.signal));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return {
        guard: 'wrong_organization',
        sentence: `Which organisation the credentials belong to could not be read (${error.message}); run again, or see doctor.`,
      };
    }
  }

  return {
    mayCloseByPolicy: () => {
      asked ??= ask();
      return asked;
    },
  };
}
