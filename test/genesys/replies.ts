import { toIso } from '../../src/domain/time.ts';
import { START } from '../helpers/virtual-clock.ts';
import { ID } from './under-test.ts';

/** ISO text of so many minutes after the start of all tests. */
export const at = (minutes: number) => toIso(START + minutes * 60_000);
export const ms = (minutes: number) => START + minutes * 60_000;

type Fields = Readonly<Record<string, unknown>>;

/** Participants as the Platform API shows them; times are minutes. */
export const customer = (fields: Fields = {}) => ({
  purpose: 'customer',
  state: 'connected',
  type: 'webmessaging',
  startTime: at(0),
  connectedTime: at(0),
  ...fields,
});
export const acd = (fields: Fields = {}) => ({
  purpose: 'acd',
  state: 'connected',
  type: 'webmessaging',
  startTime: at(1),
  queue: { id: 'queue-1' },
  ...fields,
});
export const agent = (fields: Fields = {}) => ({
  purpose: 'agent',
  state: 'connected',
  type: 'webmessaging',
  startTime: at(2),
  connectedTime: at(3),
  user: { id: 'user-1' },
  queue: { id: 'queue-1' },
  ...fields,
});
export const ended = (minutes: number) => ({ state: 'disconnected', endTime: at(minutes) });
export const wrote = (...minutes: number[]) => ({ messages: minutes.map((m) => ({ messageTime: at(m) })) });

export const reply = (participants: unknown, fields: Fields = {}) => ({ id: ID, participants, ...fields });
