import { HOUR, type Instant } from '../../src/domain/time.ts';
import type { RecordFigures } from '../../src/metrics/ports.ts';
import type { Store } from '../../src/store/store.ts';

/** What the record tells, all steps at once. */
export function figuresOf({ metrics }: Pick<Store, 'metrics'>, now: Instant): RecordFigures {
  const steps = metrics.figures(now, 24 * HOUR);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
