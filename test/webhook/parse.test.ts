import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../src/webhook/parse.ts';
import { idOf } from '../simulator/running.ts';
import { acw, bytes } from './make.ts';

const AT = Date.UTC(2026, 0, 15, 1, 0, 0);
const OPTIONS = { webhookId: null, messageTypes: ['webmessaging'] };
const parse = (body: unknown, options: Partial<typeof OPTIONS | { webhookId: string }> = {}) =>
  parseEvent(bytes(body), { ...OPTIONS, ...options });
const topic = (end: string, id = idOf(1)) => `v2.detail.events.conversation.${id}.${end}`;
const wrapup = (changes: object = {}) => ({
  event: 'conversation:statusChanged',
  conversationId: idOf(1),
  status: 'wrapup',
  timestamp: '2026-01-15T01:00:00Z',
  ...changes,
});
const eventBridge = (detail: object) => ({
  version: '0',
  id: '1f0c7d1e-0000-4000-8000-000000000001',
  'detail-type': 'v2.detail.events.conversation.{id}.acw',
  source: 'aws.partner/genesys.com/cloud/1/bus',
  detail,
});

describe('conversation:statusChanged', () => {
  it.each([
    ['wrapup', 'close_now'],
    ['closed', 'settle'],
    ['abandoned', 'settle'],
    ['active', 'ignored'],
    ['queued', 'ignored'],
    ['constructor', 'ignored'],
  ])('with the status %s: %s', (status, kind) => {
    expect(parse(wrapup({ status }))).toMatchObject({ kind });
  });

  it('may have its fields at the top or in data, and its name in event or type', () => {
    const expected = {
      kind: 'close_now',
      name: 'conversation:statusChanged',
      conversationId: idOf(1),
      eventAt: AT,
    };
    const { event: type, ...data } = wrapup();
    expect(parse(wrapup({ extra: { deep: [1] } }))).toMatchObject(expected);
    expect(parse({ type, ...data })).toMatchObject(expected);
    expect(parse({ type, timestamp: data.timestamp, data: { ...data, timestamp: undefined } })).toMatchObject(
      expected,
    );
    expect(parse({ type, data: { ...data, timestamp: AT } })).toMatchObject(expected);
  });
});

describe('an event of the platform', () => {
  it.each([
    ['acw', 'close_now'],
    ['wrapup', 'close_now'],
    ['customer.end', 'settle'],
    ['user.end', 'settle'],
    ['acd.start', 'ignored'],
    ['__proto__', 'ignored'],
  ])('%s: %s, in each of its forms', (end, kind) => {
    const body = acw(1, AT, { topicName: undefined });
    for (const form of [
      { ...body, topicName: topic(end) },
      { topicName: topic(end), eventBody: body },
      eventBridge({ topicName: topic(end), eventBody: body }),
      eventBridge({ topicName: topic(end, '{id}'), eventBody: body }),
    ]) {
      const parsed = parse(form);
      expect(parsed.kind).toBe(kind);
      if (kind !== 'ignored') {
        expect(parsed).toMatchObject({ name: `conversation.${end}`, conversationId: idOf(1), eventAt: AT });
      }
    }
  });

  it.each([
    [{ mediaType: 'VOICE', messageType: undefined }, 'ignored'],
    [{ mediaType: 'CALLBACK' }, 'ignored'],
    [{ messageType: 'WHATSAPP' }, 'ignored'],
    [{ messageType: 'webmessaging', mediaType: 'message' }, 'close_now'],
    [{ mediaType: undefined, messageType: undefined }, 'close_now'],
    [{ mediaType: null, messageType: null }, 'close_now'],
    [{ messageType: 'UNKNOWN' }, 'close_now'],
    [{ mediaType: 7, messageType: {} }, 'close_now'],
  ])('with %o: %s', (changes, kind) => {
    expect(parse(acw(1, AT, changes)).kind).toBe(kind);
  });

  it('may be about other messaging where that may be closed', () => {
    const body = bytes(acw(1, AT, { messageType: 'WHATSAPP' }));
    expect(parseEvent(body, { ...OPTIONS, messageTypes: ['whatsapp'] }).kind).toBe('close_now');
  });

  it('takes an id in capitals', () => {
    const id = 'ABCDEF00-0000-4000-8000-000000000001';
    expect(parse(acw(1, AT, { conversationId: id, topicName: topic('acw', id) }))).toMatchObject({
      conversationId: id.toLowerCase(),
    });
  });
});

describe('the identity', () => {
  const identity = (body: unknown, options = {}) => {
    const parsed = parse(body, options);
    return 'identity' in parsed ? parsed.identity : null;
  };

  it('is the number of EventBridge, else that of the sender, else what makes it this event', () => {
    const wrapped = eventBridge({ topicName: topic('acw'), eventBody: acw(1, AT) });
    expect(identity(wrapped, { webhookId: 'msg_1' })).toBe(
      'eventbridge:1f0c7d1e-0000-4000-8000-000000000001',
    );
    expect(identity(acw(1, AT), { webhookId: 'msg_1' })).toBe('webhook-id:msg_1');
    expect(identity(acw(1, AT))).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('is the same for the same event, whatever else it says', () => {
    expect(identity(acw(1, AT, { userId: 'other', topicName: topic('acw', '{id}') }))).toBe(
      identity(acw(1, AT)),
    );
    const others = [acw(2, AT), acw(1, AT + 1), acw(1, AT, { topicName: topic('wrapup') }), wrapup()];
    expect(new Set([acw(1, AT), ...others].map((body) => identity(body))).size).toBe(5);
  });
});

describe('a body that is wrong', () => {
  it.each<[string, unknown, string]>([
    ['nothing', '', 'body'],
    ['no JSON', '{"a":', 'body'],
    ['a list', '[]', 'body'],
    ['null', 'null', 'body'],
    ['too much', `{"a":"${'x'.repeat(65_536)}"}`, 'body'],
    ['no event', {}, 'topicName'],
    ['an event without its topic', acw(1, AT, { topicName: undefined }), 'topicName'],
    ['a topic that is no text', acw(1, AT, { topicName: 7 }), 'topicName'],
    ['no conversation', acw(1, AT, { conversationId: undefined }), 'conversationId'],
    ['a conversation that is no id', acw(1, AT, { conversationId: '../1' }), 'conversationId'],
    ['another conversation than the topic', acw(1, AT, { conversationId: idOf(2) }), 'conversationId'],
    ['no time', acw(1, AT, { eventTime: undefined }), 'eventTime'],
    ['a time in seconds', acw(1, AT / 1000), 'eventTime'],
    ['a time without a zone', acw(1, AT, { eventTime: '2026-01-15T01:00:00' }), 'eventTime'],
    ['a time that is no number', acw(1, AT, { eventTime: null }), 'eventTime'],
    ['a time beyond all calendars', acw(1, 1e17), 'eventTime'],
    [
      'EventBridge without a body',
      eventBridge({ topicName: topic('acw') }),
      'detail.eventBody.conversationId',
    ],
    [
      'a body within that is wrong',
      { topicName: topic('acw'), eventBody: { conversationId: idOf(1) } },
      'eventBody.eventTime',
    ],
    ['no status', wrapup({ status: undefined }), 'status'],
    ['a status that is no text', wrapup({ status: ['wrapup'] }), 'status'],
    ['no time of the status', wrapup({ timestamp: undefined }), 'timestamp'],
    ['no conversation in data', { type: 'conversation:statusChanged', data: {} }, 'data.conversationId'],
  ])('%s: names the field', (_, body, field) => {
    expect(parse(body)).toEqual({ kind: 'malformed', field, why: expect.stringMatching(/^it must /) });
  });

  it('in an encoding other than UTF-8 is none', () => {
    expect(parseEvent(Buffer.from('{"a":"\xff"}', 'latin1'), OPTIONS)).toMatchObject({ field: 'body' });
  });
});
