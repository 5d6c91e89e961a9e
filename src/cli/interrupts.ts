import type { Context } from './command.ts';

/** Listens for SIGINT and SIGTERM, and tells the person who sent one that it was heard. */
export function listenAloud({ io, log, config }: Context): ReturnType<Context['io']['listenForInterrupts']> {
  const listening = io.listenForInterrupts(config().config.graceMs);
  listening.interrupts.stop.addEventListener('abort', () => {
    log.info('Stopping when what is in hand is done; a second signal ends at once.');
  });
  return listening;
}
