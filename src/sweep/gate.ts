import { ApiError } from '../domain/errors.ts';
import { type Refusal, wrongClock, wrongOrganization } from '../domain/guard.ts';
import type { Ending } from './ending.ts';
import type { RemoteInfo } from './ports.ts';

/** Asked before each close by policy. */
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
  let organization: Promise<Refusal | null> | null = null;

  /** Worked out once, when the first close comes. */
  async function askOrganization(): Promise<Refusal | null> {
    if (expectOrganization === null) return null;
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
    mayCloseByPolicy: async () => {
      organization ??= askOrganization();
      // What is known of the clocks may change with every answer.
      const refusal = wrongClock(remote.clockSkewMs()) ?? (await organization);
      if (refusal === null) return true;
      if (!dryRun) ending.refuse(refusal);
      else ending.note(`A real run would be refused: ${refusal.sentence}`);
      return dryRun;
    },
  };
}
