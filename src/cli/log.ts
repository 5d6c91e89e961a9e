import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
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
export function createLog(
  io: Io,
  narrator: Narrator,
  flags: { json: boolean; quiet: boolean; verbose: boolean; color: boolean },
  redact: Secrets['redact'],
): Log {
  const level = flags.verbose ? 'debug' : flags.quiet ? 'warn' : 'info';
  const destination = flags.json
    ? { write: (line: string) => narrator.write(guardedJson(line)) }
    : linesFor(io, narrator, flags);
  const logger = pino({ level, base: null, timestamp: () => `,"time":"${iso(io)}"` }, destination);
  const say =
    (how: 'debug' | 'info' | 'warn') =>
    (message: string, fields: object = {}) =>
      logger[how](JSON.parse(redactedJson(fields, redact)), redact(message));
  return { debug: say('debug'), info: say('info'), warn: say('warn') };
}

/** Not the stream of pino-pretty, which would keep listeners on a stderr that outlives it. */
function linesFor(
  io: Io,
  narrator: Narrator,
  flags: { verbose: boolean; color: boolean },
): { write(line: string): void } {
  const color = flags.color && wantsColor(io, io.stderr);
  const prettify = prettyFactory({
    colorize: color,
    ignore: 'pid,hostname,time,level',
    hideObject: !flags.verbose,
    messageFormat: (record, key) => {
      const text = visible(String(record[key]));
      return Number(record.level) >= WARN ? `warning: ${text}` : text;
    },
  });
  return { write: (line) => narrator.write(guarded(prettify(JSON.parse(line)), color)) };
}

function iso(io: Io): string {
  return new Date(io.clock.now()).toISOString();
}
