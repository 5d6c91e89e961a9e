/**
 * When a close is allowed at all, said a second time and in another way: over the raw JSON, without any of the
 * program's parsing. Whatever the program does with a reply, it may close only what this allows.
 */

// biome-ignore lint/suspicious/noExplicitAny: JSON of every shape
type Json = any;

const isObject = (value: Json) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: Json) => typeof value === 'string';
const missing = (value: Json) => value === undefined || value === null;
const isTime = (value: Json) =>
  isText(value) && /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(Date.parse(value));
const lower = (value: Json): string => (isText(value) ? value.toLowerCase() : '');

const ENDED = ['disconnected', 'terminated'];
const COMING = ['alerting', 'dialing', 'contacting', 'offering', 'none'];
const TIMES = ['startTime', 'connectedTime', 'endTime', 'parkTime', 'resumeTime'];

function isReadable(raw: Json, id: string): boolean {
  if (!isObject(raw) || !(missing(raw.id) || lower(raw.id) === id)) return false;
  if (!Array.isArray(raw.participants) || raw.participants.length === 0) return false;
  if (!(missing(raw.inactivityTimeout) || isTime(raw.inactivityTimeout))) return false;
  return raw.participants.every(
    (one: Json) =>
      isObject(one) &&
      isText(one.purpose) &&
      isText(one.state) &&
      TIMES.every((name) => missing(one[name]) || isTime(one[name])) &&
      (missing(one.messages) ||
        (Array.isArray(one.messages) &&
          one.messages.every((message: Json) => isObject(message) && isTime(message.messageTime)))),
  );
}

const isLive = (one: Json) => missing(one.endTime) && !ENDED.includes(lower(one.state));
const isIn = (one: Json, ...purposes: string[]) => purposes.includes(lower(one.purpose));
const written = (people: Json[]): number[] =>
  people.flatMap((one) => (one.messages ?? []).map((message: Json) => Date.parse(message.messageTime)));

/** Whether somebody is in it who could be closed, and it is web messaging on the customer's side. */
export function mayCloseForPerson(raw: Json, id: string): boolean {
  if (!isReadable(raw, id) || !raw.participants.some(isLive)) return false;
  const typed = raw.participants.filter((one: Json) => !missing(one.type));
  const ofCustomer = typed.filter((one: Json) => isIn(one, 'customer', 'external'));
  const decisive = ofCustomer.length > 0 ? ofCustomer : typed;
  return decisive.length > 0 && decisive.every((one: Json) => lower(one.type) === 'webmessaging');
}

/** Whether, besides, nobody has done anything for long, waits for an agent, or has parked it. */
export function mayCloseByPolicy(
  raw: Json,
  id: string,
  now: number,
  staleAfterMs: number,
  graceMs: number,
): boolean {
  if (!mayCloseForPerson(raw, id)) return false;
  const people: Json[] = raw.participants;
  const seen = people.flatMap((one) => [one.connectedTime, one.startTime].filter(isTime).map(Date.parse));
  const activity = written(people).length > 0 ? written(people) : seen;
  if (activity.length === 0 || activity.some((at) => at > now - staleAfterMs)) return false;
  const timer = missing(raw.inactivityTimeout) ? 0 : Date.parse(raw.inactivityTimeout);
  if (timer > now && timer <= now + graceMs) return false;
  const isParked = (one: Json) =>
    lower(one.state) === 'parked' ||
    (isTime(one.parkTime) &&
      !(isTime(one.resumeTime) && Date.parse(one.resumeTime) >= Date.parse(one.parkTime)));
  if (people.some((one) => isLive(one) && isParked(one))) return false;
  const agents = people.filter((one) => isIn(one, 'agent', 'user'));
  const customers = people.filter((one) => isIn(one, 'customer', 'external'));
  const waits =
    agents.some((one) => isLive(one) && !COMING.includes(lower(one.state))) &&
    written(customers).length > 0 &&
    !written(agents).some((at) => at >= Math.max(...written(customers)));
  return !waits;
}

/** Whether the answer to a PATCH shows the end: the moment, or null. */
export function provenEnd(raw: Json, id: string): number | null {
  if (!isObject(raw) || !(missing(raw.id) || lower(raw.id) === id) || !isTime(raw.endTime)) return null;
  if (!Array.isArray(raw.participants) || raw.participants.length === 0) return null;
  const ended = raw.participants.every(
    (one: Json) =>
      isObject(one) &&
      (isTime(one.endTime) ||
        (Array.isArray(one.messages) &&
          one.messages.length > 0 &&
          one.messages.every((message: Json) => isObject(message) && ENDED.includes(lower(message.state))))),
  );
  return ended ? Date.parse(raw.endTime) : null;
}
