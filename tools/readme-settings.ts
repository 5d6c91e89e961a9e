import { settingsMarkdown } from '../src/config/describe.ts';

/** The README's table of settings: those that most installations come to change. The others are in docs/cli.md. */
export function readmeSettings(): string {
  return settingsMarkdown([
    'staleAfter',
    'awaitingAgent',
    'exemptQueues',
    'exemptDivisions',
    'maxCloses',
    'maxDuration',
    'ratePerMinute',
    'budgetShare',
    'expectedEvery',
    'expectOrganization',
    'schedule.cron',
    'notify.on',
    'metricsFile',
  ]);
}
