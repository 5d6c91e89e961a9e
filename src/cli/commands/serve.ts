import { lookup } from 'node:dns/promises';
import { type ApiToken, loadApiToken } from '../../config/api-token.ts';
import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import type { Command, Context } from '../command.ts';
import { warnWhenExposed } from '../exposure.ts';

const HOST = '127.0.0.1';
const PORT = 8088;

/** The HTTP side. */
export const serve: Command = {
  usage: 'serve',
  summary: 'Takes mappings, activity, holds, close requests and webhooks over HTTP until it is stopped.',
  examples: [
    ['NIGHTSWEEP_API_TOKEN_FILE=token.txt nightsweep serve', 'on http://127.0.0.1:8088'],
    ['nightsweep serve --schedule', 'and run the nights of schedule.cron beside it'],
    ['nightsweep serve --port 0 --json', 'on any free port; tells which'],
  ],
  options: {
    host: { value: 'HOST', describe: `address to listen on (${HOST}); others than loopback need a token` },
    port: { value: 'N', describe: `port (${PORT}; 0: any free one)` },
    schedule: { describe: 'run the nights of schedule.cron in the same process (docs/schedule.md)' },
    grace: { value: 'DURATION', describe: 'when stopped, finish what is in hand within this (20s)' },
  },
  exits: [EXIT.database],
  run: runServe,
};

async function runServe(context: Context): Promise<ExitCode> {
  const { io, args, out, log } = context;
  const port = args.count('port') ?? PORT;
  if (port > 65_535) throw new UsageError(`--port cannot be ${port}; give a number from 0 to 65535.`);
  const { config } = context.config();
  const token = loadApiToken(context.surroundings);
  if (token?.file) warnWhenExposed(log, 'The file with the token', token.file);
  const address = await addressOf(args.text('host') ?? HOST, token);

  const { interrupts, unlisten } = io.listenForInterrupts(config.graceMs);
  const [{ createServing }, { listen }, { nightsJson }] = await Promise.all([
    import('../serving.ts'),
    import('../../serve/server.ts'),
    import('../render/schedule.ts'),
  ]);
  let close = () => {};
  try {
    const serving = await createServing(context, token, { withSchedule: args.flag('schedule') });
    const { app, webhooks, schedule, inForce } = serving;
    close = serving.close;
    const server = await listen(app, address, port);
    const { url, host } = server;
    log.info(`Listening on ${url}; stop with Ctrl-C.`);
    log.info(`The dashboard is at ${url}/${token === null ? '' : ', behind the token'}.`);
    if (token === null) {
      log.warn('There is no NIGHTSWEEP_API_TOKEN, so mappings and close requests are refused.');
    }
    webhooks.worker.start();
    out.object({
      ...{ url, host, port: server.port, authentication: token !== null },
      ...nightsJson(inForce, io.clock.now()),
    });
    const nights = schedule?.run(interrupts);
    try {
      // Nights end by themselves only by a bug, and a server whose nights are gone must not look well.
      await Promise.race([asked(interrupts.stop), nights ?? asked(interrupts.stop)]);
    } finally {
      log.info('Stopping when what is in hand is done; a second signal ends at once.');
      await Promise.all([server.stop(interrupts.abort), webhooks.stop()]);
      await nights;
    }
    log.info('Stopped.');
    return EXIT.ok;
  } finally {
    close();
    unlisten();
  }
}

/**
 * The address that the name stands for on this machine.
 * @throws UsageError for a name that nobody knows, and for an address that others reach, without a token
 */
async function addressOf(host: string, token: ApiToken | null): Promise<string> {
  const [{ address }, { isLoopback }] = await Promise.all([
    lookup(host.replace(/^\[(.*)\]$/, '$1')).catch((error) => {
      throw new UsageError(`--host cannot be ${JSON.stringify(host)}; give an address of this machine.`, {
        cause: error,
      });
    }),
    import('../../serve/server.ts'),
  ]);
  if (token !== null || isLoopback(address)) return address;
  throw new UsageError(
    `Others reach ${host}, so a token is needed there: set NIGHTSWEEP_API_TOKEN or NIGHTSWEEP_API_TOKEN_FILE, or listen on ${HOST}.`,
  );
}

async function asked(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
}
