import { Registry } from 'prom-client';
import { saysNothing } from '../domain/night.ts';
import type { NightWatcher } from '../night/ports.ts';
import { carriedOn, type Families, parseFamilies, renderFamilies } from './exposition.ts';
import type { RequestHub } from './hub.ts';
import { gauge } from './instruments.ts';
import type { RecordFigures } from './ports.ts';
import { nightText, recordText, startText, type Unrecorded } from './record.ts';
import { type RequestRoute, requestMetrics } from './requests.ts';

export interface NightFileParts {
  /** What tells the file from those of other jobs. */
  readonly textfile: string;
  /** What is in the file; empty: nothing, or it is not there. */
  readonly read: () => string;
  /** Puts this in its place, all of it or nothing. */
  readonly write: (text: string) => Promise<void>;
  /** What the record tells once the night is over. Rejects with what keeps it from being read. */
  readonly figures: () => Promise<RecordFigures>;
  /** False: a sweep of a part of the work, of which only the requests and the record are told. */
  readonly isWhole: boolean;
  /** The last night, where it is one that is on no record; null otherwise. */
  readonly unrecorded: () => Unrecorded | null;
  readonly requestMaxAgeMs: number;
  readonly requests: RequestHub;
  readonly routes: readonly RequestRoute[];
  readonly version: string;
  readonly onUnreadable: (error: unknown) => void;
}

/**
 * The file of metrics that a night leaves: also one that could not begin. What the record cannot tell then stays as it
 * was in the file, so that a night that fails never makes the last success disappear.
 */
export function createNightFile(parts: NightFileParts): NightWatcher {
  const registry = new Registry();
  const observer = requestMetrics(registry, parts.routes);
  let unlisten = () => {};

  const write = async (...texts: string[]) => {
    const now: Families = new Map(texts.flatMap((text) => [...parseFamilies(text)]));
    await parts.write(renderFamilies(carriedOn(parseFamilies(parts.read()), now), parts.textfile));
  };

  async function recordNow(): Promise<string> {
    try {
      return await recordText(await parts.figures(), parts.requestMaxAgeMs, parts.unrecorded());
    } catch (error) {
      parts.onUnreadable(error);
      return '';
    }
  }

  return {
    name: 'the metrics file',
    begun: async (startedAt) => {
      unlisten = parts.requests.listen(observer);
      if (parts.isWhole) await write(await infoText(parts.version), await startText(startedAt));
    },
    ended: async (night) => {
      unlisten();
      const info = await infoText(parts.version);
      const record = await recordNow();
      const hadRun = night.report !== null;
      const isToldOf = (hadRun && record !== '') || !parts.isWhole || saysNothing({ ...night, hadRun });
      // Its own word comes last, and counts.
      const itself = isToldOf ? [] : [await nightText(night)];
      await write(info, record, ...itself, await registry.metrics());
    },
  };
}

export function infoText(version: string): Promise<string> {
  const registry = new Registry();
  gauge(registry, 'nightsweep_info').set({ version }, 1);
  return registry.metrics();
}
