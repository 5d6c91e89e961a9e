import { describe, expect, it } from 'vitest';
import { type Conversation, lastSpeaker } from '../../src/domain/conversation.ts';
import { readMessageConversation } from '../../src/genesys/platform-conversation.ts';
import { acd, agent, at, customer, ended, ms, reply, wrote } from './replies.ts';
import { ID } from './under-test.ts';

const read = (participants: unknown, fields?: Record<string, unknown>): Conversation =>
  readMessageConversation(ID, reply(participants, fields));

describe('whether a conversation is active', () => {
  it.each([
    'alerting',
    'dialing',
    'contacting',
    'offering',
    'connected',
    'converting',
    'uploading',
    'transmitting',
    'parked',
    'none',
    'some state of tomorrow',
    '',
  ])('it is while one participant without an end is %j', (state) => {
    expect(read([customer(ended(5)), agent({ state })]).status).toBe('active');
  });

  it.each(['disconnected', 'terminated', 'DISCONNECTED'])('it is not when everybody is %s', (state) => {
    expect(read([customer({ state }), acd({ state })])).toMatchObject({ status: 'abandoned', endedAt: null });
  });

  it('counts a participant with an end as gone, whatever the state', () => {
    expect(read([customer({ endTime: at(9) })])).toMatchObject({ status: 'abandoned', endedAt: ms(9) });
  });

  it.each(['customer', 'agent', 'acd', 'bot', 'workflow', 'some purpose of tomorrow'])(
    'a single live %s is enough',
    (purpose) => {
      expect(read([customer(ended(5)), agent(ended(6)), acd({ purpose })]).status).toBe('active');
    },
  );

  it('is ended when the last participant left', () => {
    expect(read([customer(ended(5)), agent(ended(9)), acd(ended(3))])).toMatchObject({
      status: 'closed',
      endedAt: ms(9),
    });
  });
});

describe('closed or abandoned', () => {
  it.each<[what: string, participants: unknown[], Conversation['status']]>([
    ['an agent was connected', [customer(ended(5)), agent(ended(5))], 'closed'],
    ['a user was connected', [customer(ended(5)), agent({ ...ended(5), purpose: 'user' })], 'closed'],
    [
      'an agent wrote, though no connect is told',
      [customer(ended(5)), agent({ ...ended(5), connectedTime: undefined, ...wrote(4) })],
      'closed',
    ],
    [
      'an agent was only alerted',
      [customer(ended(5)), agent({ ...ended(5), connectedTime: undefined })],
      'abandoned',
    ],
    ['only a bot was there', [customer(ended(5)), agent({ ...ended(5), purpose: 'bot' })], 'abandoned'],
    ['only a queue was there', [customer(ended(5)), acd(ended(5))], 'abandoned'],
  ])('when %s', (_, participants, status) => {
    expect(read(participants)).toMatchObject({ status, agentAnswered: status === 'closed' });
  });
});

describe('the agent', () => {
  it.each<[what: string, fields: Record<string, unknown>, connected: boolean, answered: boolean]>([
    ['connected', {}, true, true],
    ['connected, without the time', { connectedTime: null }, true, true],
    ['alerting', { state: 'alerting', connectedTime: undefined }, false, false],
    ['offered', { state: 'offering', connectedTime: undefined }, false, false],
    ['none', { state: 'none', connectedTime: undefined }, false, false],
    ['alerting again', { state: 'alerting' }, false, true],
    ['in a state of tomorrow', { state: 'hovering', connectedTime: undefined }, true, true],
    ['parked', { state: 'parked' }, true, true],
    ['gone', ended(7), false, true],
    ['in after-call work', { ...ended(7), wrapupRequired: true, startAcwTime: at(7) }, false, true],
    ['a user', { purpose: 'user' }, true, true],
    ['an AGENT', { purpose: 'AGENT', state: 'CONNECTED' }, true, true],
  ])('%s: connected %j, answered %j', (_, fields, agentConnected, agentAnswered) => {
    expect(read([customer(), agent(fields)])).toMatchObject({ agentConnected, agentAnswered });
  });
});

describe('the last activity', () => {
  it('is the latest message of anybody, in whatever order they come', () => {
    const participants = [
      customer(wrote(30, 50, 10)),
      agent(wrote(40)),
      acd({ purpose: 'bot', ...wrote(60) }),
    ];
    expect(read(participants)).toMatchObject({
      lastActivityAt: ms(60),
      lastCustomerMessageAt: ms(50),
      lastAgentMessageAt: ms(40),
    });
  });

  it('is the latest connect or start where nobody ever wrote', () => {
    expect(read([customer({ messages: [] }), agent({ messages: null })])).toMatchObject({
      lastActivityAt: ms(3),
      lastCustomerMessageAt: null,
      lastAgentMessageAt: null,
    });
    expect(read([customer(), acd()]).lastActivityAt).toBe(ms(1));
  });

  it('is not known where no time is told', () => {
    expect(read([{ purpose: 'customer', state: 'connected' }]).lastActivityAt).toBeNull();
  });

  it('is also that of an agent who came in after the last message, as after a transfer', () => {
    expect(read([customer(wrote(1)), agent()]).lastActivityAt).toBe(ms(3));
    expect(read([customer(wrote(9)), agent()]).lastActivityAt).toBe(ms(9));
    expect(read([customer(wrote(1)), agent({ connectedTime: null })]).lastActivityAt).toBe(ms(1));
  });

  it.each(['acd', 'bot', 'workflow', 'customer'])(
    'is that of the messages even when a %s connected later: that is no sign of anybody',
    (purpose) => {
      const later = acd({ purpose, connectedTime: at(50), startTime: at(50) });
      expect(read([customer(wrote(1)), later]).lastActivityAt).toBe(ms(1));
    },
  );

  it.each<[what: string, participants: unknown[], speaker: 'customer' | 'agent' | null]>([
    ['the customer', [customer(wrote(10, 30)), agent(wrote(20))], 'customer'],
    ['the agent', [customer(wrote(10)), agent(wrote(20))], 'agent'],
    ['an external customer', [customer({ purpose: 'external', ...wrote(30) }), agent(wrote(20))], 'customer'],
    ['a user', [customer(wrote(10)), agent({ purpose: 'user', ...wrote(20) })], 'agent'],
    ['of two agents the later', [customer(wrote(15)), agent(wrote(10)), agent(wrote(20))], 'agent'],
    ['neither bot nor workflow', [customer(wrote(10)), acd({ purpose: 'bot', ...wrote(20) })], 'customer'],
    ['nobody', [customer(), agent()], null],
  ])('spoke last: %s', (_, participants, speaker) => {
    expect(lastSpeaker(read(participants))).toBe(speaker);
  });
});

describe('parked', () => {
  it.each<[what: string, fields: Record<string, unknown>, parked: boolean]>([
    ['by state', { state: 'parked' }, true],
    ['by time', { parkTime: at(10) }, true],
    ['again after a resume', { parkTime: at(12), resumeTime: at(11) }, true],
    ['not any more', { parkTime: at(10), resumeTime: at(11) }, false],
    ['not by one who left', { parkTime: at(10), ...ended(11) }, false],
    ['never', {}, false],
  ])('%s', (_, fields, parked) => {
    expect(read([customer(), agent(fields)]).parked).toBe(parked);
  });
});

it('it waits in a queue while that is in it, and no longer', () => {
  expect(read([customer(), acd()]).inQueue).toBe(true);
  expect(read([customer(), acd(ended(11)), agent()]).inQueue).toBe(false);
  expect(read([customer(), acd(ended(11)), agent(ended(12)), acd()]).inQueue).toBe(true);
  expect(read([customer()]).inQueue).toBe(false);
});

describe('what else is told', () => {
  const inQueue = (id: string | null, minute: number) => acd({ startTime: at(minute), queue: { id } });

  it('lists every queue once, the current one last, by the time they were joined', () => {
    expect(read([inQueue('B', 20), customer(), inQueue('a', 10)]).queueIds).toEqual(['a', 'b']);
    expect(read([inQueue('a', 10), inQueue('b', 20), inQueue('a', 30)]).queueIds).toEqual(['b', 'a']);
    expect(read([inQueue('a', 10), acd({ startTime: null, queue: { id: 'b' } })]).queueIds).toEqual([
      'b',
      'a',
    ]);
    expect(read([customer({ queue: null }), inQueue(null, 1), acd({ queue: {} })]).queueIds).toEqual([]);
  });

  it('takes the message type from the customer’s side, and from anybody where that has none', () => {
    expect(read([customer({ type: 'WhatsApp' }), agent()]).messageTypes).toEqual(['whatsapp']);
    expect(read([customer(), customer({ type: 'sms' }), customer()]).messageTypes).toEqual([
      'webmessaging',
      'sms',
    ]);
    expect(read([customer({ type: null }), agent({ type: 'sms' })]).messageTypes).toEqual(['sms']);
    expect(read([customer({ type: undefined })]).messageTypes).toEqual([]);
  });

  it('keeps divisions and Genesys’s own timer', () => {
    const divisions = [{ division: { id: 'D1' } }, { division: null }, {}, { division: { id: 'd2' } }];
    expect(read([customer()], { divisions, inactivityTimeout: at(99) })).toMatchObject({
      divisionIds: ['d1', 'd2'],
      platformEndsAt: ms(99),
    });
    expect(read([customer()])).toMatchObject({ divisionIds: null, platformEndsAt: null });
  });

  it('ignores fields that it does not know, and a missing id', () => {
    expect(read([customer({ mood: 'cheerful' })], { id: undefined, state: 'disconnected' })).toMatchObject({
      id: ID,
      status: 'active',
    });
    expect(read([customer()], { id: ID.toUpperCase() }).status).toBe('active');
  });
});

describe('a reply that cannot be understood is neither active nor ended', () => {
  const bad = (fields: Record<string, unknown>) => reply([customer(), agent({ ...ended(5), ...fields })]);

  it.each<[what: string, json: unknown, problem: string]>([
    ['no participants', reply([]), 'it has no participants'],
    ['no list of participants', reply(undefined), 'participants: '],
    ['participants that are no list', reply({ 0: customer() }), 'participants: '],
    ['participants null', reply(null), 'participants: '],
    ['a participant that is no object', reply([customer(), 'agent']), 'participants[1]: '],
    ['a participant null', reply([null]), 'participants[0]: '],
    ['another id', reply([customer(ended(1))], { id: 'x' }), 'the reply is about another conversation'],
    ['an id that is no text', reply([customer()], { id: 7 }), 'id: '],
    ['no state', bad({ state: undefined }), 'participants[1].state: '],
    ['a state that is no text', bad({ state: 3 }), 'participants[1].state: '],
    ['no purpose', bad({ purpose: null }), 'participants[1].purpose: '],
    ['an end that is no time', bad({ endTime: 'now' }), 'participants[1].endTime: is not a time'],
    ['an end that is empty', bad({ endTime: '' }), 'participants[1].endTime: is not a time'],
    ['an end that does not exist', bad({ endTime: '2026-02-30T00:00:00Z' }), 'participants[1].endTime: '],
    ['an end without a zone', bad({ endTime: '2026-01-15T02:00:00' }), 'participants[1].endTime: '],
    ['an end that is a number', bad({ endTime: 1_700_000_000 }), 'participants[1].endTime: '],
    ['an end that is false', bad({ endTime: false }), 'participants[1].endTime: '],
    ['messages that are no list', bad({ messages: {} }), 'participants[1].messages: '],
    ['a message null', bad({ messages: [null] }), 'participants[1].messages[0]: '],
    [
      'a message time that is no time',
      bad({ messages: [{ messageTime: 'x' }] }),
      'participants[1].messages[0].messageTime: is not a time',
    ],
    [
      'a message without its time, which may be the latest',
      bad({ messages: [{ messageTime: at(1) }, {}] }),
      'participants[1].messages[1].messageTime: is missing',
    ],
    ['a queue that is a text', bad({ queue: 'queue-1' }), 'participants[1].queue: '],
    ['a timer that is no time', reply([customer()], { inactivityTimeout: 'soon' }), 'inactivityTimeout: '],
    ['divisions that are no list', reply([customer()], { divisions: 'home' }), 'divisions: '],
    ['a text', 'conversation', 'the reply: '],
    ['a number', 7, 'the reply: '],
    ['a list', [reply([customer()])], 'the reply: '],
    ['null', null, 'the reply: '],
    ['nothing in it', {}, 'participants: '],
  ])('%s', (_, json, problem) => {
    const conversation = readMessageConversation(ID, json);
    expect(conversation).toMatchObject({ id: ID, status: 'unknown', endedAt: null, lastActivityAt: null });
    expect(conversation.problem).toContain(problem);
  });
});
