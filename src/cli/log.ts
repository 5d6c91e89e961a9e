import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Log } from '../sweep/ports.ts';
import type { Io } from './io.ts';
import type { Narrator } from './narrator.ts';
import { wantsColor } from './output.ts';

/** pino's number. */
const WARN = 40;

/**
 * Narration on stderr: plain lines for people, one JSON object a line under `--json`. `quiet` leaves warnings only.
 */
export function createLog(
  io: Io,
  narrator: Narrator,
  flags: { json: boolean; quiet: boolean; verbose: boolean; color: boolean },
): Log {
  const level = flags.verbose ? 'debug' : flags.quiet ? 'warn' : 'info';
  const destination = flags.json ? narrator : linesFor(io, narrator, flags);
  const logger = pino({ level, base: null, timestamp: () => `,"time":"${iso(io)}"` }, destination);
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
  };
}

/** Not the stream of pino-pretty, which would keep listeners on a stderr that outlives it. */
function linesFor(
  io: Io,
  narrator: Narrator,
  flags: { verbose: boolean; color: boolean },
): { write(line: string): void } {
  const prettify = prettyFactory({
    colorize: flags.color && wantsColor(io, io.stderr),
    ignore: 'pid,hostname,time,level',
    hideObject: !flags.verbose,
    messageFormat: (record, key) => {
      const text = String(record[key]);
      return Number(record.level) >= WARN ? `warning: ${text}` : text;
    },
  });
  return { write: (line) => narrator.write(prettify(JSON.parse(line))) };
}

function iso(io: Io): string {
  return new Date(io.clock.now()).toISOString();
}
