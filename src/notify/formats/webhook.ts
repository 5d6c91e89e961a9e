import { SECOND, toIso } from '../../domain/time.ts';
import type { Notice } from '../notice.ts';

/** The body of the generic webhook, as Standard Webhooks lays one out. Public shape: docs/notifications.md. */
export function webhookBody(notice: Notice): string {
  const { event, headline, name, message, at, night } = notice;
  return JSON.stringify({
    type: event === 'test' ? 'test' : `night.${event}`,
    timestamp: toIso(at),
    data: {
      ...{ name, headline, message },
      night: night && {
        exitCode: night.exitCode,
        startedAt: toIso(night.startedAt),
        finishedAt: toIso(night.finishedAt),
        seconds: Math.round((night.finishedAt - night.startedAt) / SECOND),
        run: night.run,
        counts: night.counts,
        before: night.before && {
          exitCode: night.before.exitCode,
          finishedAt: toIso(night.before.finishedAt),
        },
      },
    },
  });
}
