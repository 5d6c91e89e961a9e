import { POLICY } from '../dashboard/html/page.ts';
import type { Call } from './route.ts';

/** Of every page for people. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not no-referrer: under it a browser would not say from which site a form is sent.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Whether a browser asks for somebody to read it, and not a program. */
export function wantsPage({ accept }: Call<unknown>['headers']): boolean {
  return String(accept ?? '').includes('text/html');
}
