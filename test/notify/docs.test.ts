import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NOTIFY_VARIABLES } from '../../src/config/notify-variables.ts';
import { EXIT } from '../../src/domain/errors.ts';
import { webhookBody } from '../../src/notify/formats/webhook.ts';
import { noticeOf } from '../../src/notify/notice.ts';
import { aNight } from './nights.ts';

const text = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');

/** The same object with only its keys. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part)]));
}

describe('docs/notifications.md', () => {
  it('names every variable', () => {
    for (const variable of NOTIFY_VARIABLES) expect(text).toContain(`\`${variable}\``);
  });

  it('says of every exit code what is told', () => {
    const table = text.slice(text.indexOf('| the sweep ended with'), text.indexOf('A failure or refusal is'));
    for (const code of Object.values(EXIT)) expect(table).toMatch(new RegExp(`^\\|[^|]*\\b${code}\\b`, 'm'));
  });

  it('shows the webhook as it is sent', () => {
    const sample = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '');
    const sent = JSON.parse(
      webhookBody(noticeOf(aNight(EXIT.workLeft), 'change', { name: 'production', before: null })),
    );
    expect(shapeOf(sample)).toEqual(shapeOf(sent));
  });
});
