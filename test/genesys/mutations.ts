import fc from 'fast-check';

/** Where a value stands in a reply. */
export type Path = readonly (string | number)[];

/** Where every value of a reply is, whole and parts. */
export function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, child]) =>
    pathsIn(child, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return [path, ...inner];
}

export const REMOVED = Symbol('removed');

/** The same reply with something else, or nothing, in that place. */
export function changed(value: unknown, [key, ...rest]: Path, to: unknown): unknown {
  if (key === undefined) return to;
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => {
      if (i !== key) return [item];
      const result = changed(item, rest, to);
      return result === REMOVED ? [] : [result];
    });
  }
  const fields = Object.entries(value as object).flatMap(([name, field]) => {
    if (name !== key) return [[name, field]];
    const result = changed(field, rest, to);
    return result === REMOVED ? [] : [[name, result]];
  });
  return Object.fromEntries(fields);
}

/** What may stand in a place by mistake or malice. */
const junk = fc.oneof(
  fc.constant(REMOVED),
  fc.constantFrom<unknown>(null, '', [], {}, 0, -1, 1e308, true, 'NaN', '1e308', 'null', [[]], [null], [{}]),
  fc.constantFrom<unknown>('2026-13-45T00:00:00Z', '2099-01-01T00:00:00Z', '2001-01-01T00:00:00.000Z', '0'),
  fc.constantFrom<unknown>(
    'disconnected',
    'CONNECTED',
    'terminated',
    'webmessaging',
    'sms',
    'agent',
    'customer',
  ),
  fc.constantFrom<unknown>(
    'x'.repeat(100_000),
    '\x1b[2J\n\u202e',
    { __proto__: { a: 1 }, constructor: 1 },
    nested(500),
  ),
  fc.jsonValue(),
);

function nested(depth: number): unknown {
  return depth === 0 ? [] : [nested(depth - 1)];
}

/** What makes sense in a participant, and may be wrong there. */
const word = fc.constantFrom<[name: string, value: unknown]>(
  ...['parked', 'connected', 'alerting', 'disconnected', 'xyz'].map((state): [string, string] => [
    'state',
    state,
  ]),
  ...['sms', 'whatsapp', 'WebMessaging', ''].map((type): [string, string] => ['type', type]),
  ...['agent', 'user', 'external', 'acd'].map((purpose): [string, string] => ['purpose', purpose]),
  ...['endTime', 'parkTime', 'resumeTime', 'connectedTime'].flatMap((name): [string, unknown][] => [
    [name, REMOVED],
    [name, '2026-01-14T02:00:00.000Z'],
    [name, '2026-01-01T00:00:00.000Z'],
  ]),
  ['messages', [{ messageTime: '2026-01-14T23:00:00.000Z' }]],
  ['messages', []],
);
const HOWS = ['junk', 'swap', 'double', 'odd key', 'word', 'word'] as const;
type How = (typeof HOWS)[number];

/** Replies like these, each broken in one to four places: parts removed, replaced, swapped with others, doubled. */
export function broken(replies: readonly unknown[]): fc.Arbitrary<unknown> {
  const step = fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(...HOWS), junk, word);
  return fc
    .tuple(fc.constantFrom(...replies), fc.array(step, { maxLength: 4 }))
    .map(([reply, steps]) => steps.reduce(brokenOnce, reply));
}

function brokenOnce(
  reply: unknown,
  [one, other, how, value, [name, meant]]: [number, number, How, unknown, [string, unknown]],
): unknown {
  const path = placeIn(reply, one);
  const there = valueAt(reply, path);
  if (how === 'junk') return path.length === 0 && value === REMOVED ? null : changed(reply, path, value);
  if (how === 'swap') return changed(reply, path, valueAt(reply, placeIn(reply, other)));
  if (how === 'double' && Array.isArray(there)) return changed(reply, path, [...there, ...there]);
  if (how === 'word') return withWord(reply, one, name, meant);
  if (typeof there !== 'object' || there === null || Array.isArray(there)) return reply;
  return changed(reply, path, { ...there, toString: 'x', length: 9 });
}

/** Some participant with that field, or the reply as it is where there are none. */
function withWord(reply: unknown, number: number, name: string, value: unknown): unknown {
  const { participants } = (reply ?? {}) as { participants?: unknown };
  if (!Array.isArray(participants) || participants.length === 0) return reply;
  const at = number % participants.length;
  const one: unknown = participants[at];
  if (typeof one !== 'object' || one === null) return reply;
  return changed(
    changed(reply, ['participants', at], { ...one, [name]: null }),
    ['participants', at, name],
    value,
  );
}

/** A place that the number leads to, on some level. */
function placeIn(value: unknown, number: number): Path {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Object.keys(value);
  const turn = number % (keys.length + 1);
  const key = keys[turn - 1];
  if (key === undefined) return [];
  const child = (value as Record<string, unknown>)[key];
  const step = Array.isArray(value) ? Number(key) : key;
  return [step, ...placeIn(child, Math.floor(number / (keys.length + 1)))];
}

function valueAt(reply: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], reply);
}
