import picocolors from 'picocolors';
import { pino } from 'pino';
import type { Secrets } from '../config/secrets.ts';
import { guarded, guardedJson, visible } from '../report/text.ts';
import type { Log } from '../sweep/ports.ts';
import type { Io } from './io.ts';
import type { Narrator } from './narrator.ts';
import { redactedJson, wantsColor } from './output.ts';

/** pino's number. */
const WARN = 40;

/**
 * Narration on stderr: plain lines for people, one JSON object a line under `--json`. `quiet` leaves warnings only.
 * It holds no secret, and nothing that could steer the terminal.
 */
export async function createLog(
  io: Io,
  narrator: Narrator,
  flags: { json: boolean; quiet: boolean; verbose: boolean; color: boolean },
  redact: Secrets['redact'],
): Promise<Log> {
  const level = flags.verbose ? 'debug' : flags.quiet ? 'warn' : 'info';
  const destination = flags.json
    ? { write: (line: string) => narrator.write(guardedJson(line)) }
    : await linesFor(io, narrator, flags);
  const logger = pino({ level, base: null, timestamp: () => `,"time":"${iso(io)}"` }, destination);
  const say =
    (how: 'debug' | 'info' | 'warn') =>
    (message: string, fields: object = {}) =>
      logger[how](JSON.parse(redactedJson(fields, redact)), redact(message));
  return { debug: say('debug'), info: say('info'), warn: say('warn') };
}

/** A sentence a line; `verbose` puts its fields below it. */
async function linesFor(
  io: Io,
  narrator: Narrator,
  flags: { verbose: boolean; color: boolean },
): Promise<{ write(line: string): void }> {
  const color = flags.color && wantsColor(io, io.stderr);
  const prettify = flags.verbose ? await withFields(color) : sentenceOnly(color);
  return { write: (line) => narrator.write(guarded(prettify(JSON.parse(line)), color)) };
}

type Prettify = (record: Record<string, unknown>) => string;

function sentenceOnly(color: boolean): Prettify {
  const { cyan } = picocolors.createColors(color);
  return (record) => `${cyan(sentence(record))}\n`;
}

/** Not the stream of pino-pretty, which would keep listeners on a stderr that outlives it. */
async function withFields(color: boolean): Promise<Prettify> {
  // Of no use for sentences alone, and it takes a while to load.
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({ colorize: color, ignore: 'pid,hostname,time,level', messageFormat: sentence });
}

function sentence({ level, msg }: Record<string, unknown>): string {
  const text = visible(String(msg));
  return Number(level) >= WARN ? `warning: ${text}` : text;
}

function iso(io: Io): string {
  return new Date(io.clock.now()).toISOString();
}
