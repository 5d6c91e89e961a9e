import { type Discovery, discoverOpen, discoveryExit } from '../../discover/open.ts';
import { EXIT, type ExitCode, ExpectedError, worstExit } from '../../domain/errors.ts';
import { type Instant, SECOND, toIso } from '../../domain/time.ts';
import { importMapping } from '../../intake/import-mapping.ts';
import { type ImportSummary, importExitCode } from '../../intake/summary.ts';
import { discoveredList, discoveredMapping } from '../../report/discovered-list.ts';
import { openSeenRows } from '../../store/seen-rows.ts';
import { write } from '../files.ts';
import { openJson, openMessage, openText } from '../render/discovered.ts';
import type { Parts } from './parts.ts';

/** Lists the open conversations that no mapping knows; writes and imports them where that is wanted. */
export async function listOpen(parts: Parts): Promise<ExitCode> {
  const { context, client, outFile, period } = parts;
  const { args, out, log } = context;
  const discovery = await discoverOpen({
    ...parts.asking,
    api: parts.api,
    store: parts.store.discover,
    log,
    period,
    wanted: {
      messageTypes: context.config().config.policy.messageTypes,
      queueIds: parts.queueIds,
      userIds: parts.userIds,
    },
    limit: parts.limit,
    onProgress: narration(parts),
  });
  demandSomething(discovery);
  if (outFile !== null) await write(outFile, discoveredList(discovery.unmapped), { replace: false });
  const imported = args.flag('import') ? await importAll(parts, discovery) : null;

  const exitCode = worstExit([
    discoveryExit(discovery),
    imported === null ? EXIT.ok : importExitCode(imported),
  ]);
  const listed = { discovery, period, imported, exitCode, requests: client.remote.figures() };
  out.object(openJson(listed));
  out.print(
    out.quiet ? openMessage(listed) : openText(listed, { now: context.io.clock.now(), colors: out.colors }),
  );
  if (outFile !== null) {
    log.info(`The list is in ${outFile}; after a look at it: nightsweep import mapping ${args.text('out')}`);
  }
  return exitCode;
}

/** Nothing was learnt at all: then there is a sentence and no list. */
function demandSomething({ stop, unmapped, mapped }: Discovery): void {
  const unanswered: readonly ExitCode[] = [EXIT.auth, EXIT.unavailable];
  if (stop === null || !unanswered.includes(stop.exitCode) || unmapped.length + mapped > 0) return;
  throw new ExpectedError(stop.sentence, stop.exitCode);
}

/** By the same rules as any file of mappings, and recorded as one. */
async function importAll({ context, store }: Parts, { unmapped }: Discovery): Promise<ImportSummary> {
  async function* source() {
    yield Buffer.from(discoveredMapping(unmapped));
  }
  const { io, log } = context;
  const seen = openSeenRows();
  try {
    return await importMapping({
      source: source(),
      file: 'discover',
      recordedAs: 'discover',
      delimiter: ',',
      map: new Map(),
      ignoreUnknown: false,
      command: 'nightsweep discover --import',
      store: store.intake,
      seen,
      dryRun: false,
      clock: io.clock,
      log,
      // What was found before an interrupt is imported all the same.
      stop: new AbortController().signal,
    });
  } finally {
    seen.close();
  }
}

const TELL_EVERY_MS = 30 * SECOND;

function narration({ context }: Parts): (upTo: Instant, found: number) => void {
  const { io, log } = context;
  let toldAt = io.clock.now();
  return (upTo, found) => {
    const now = io.clock.now();
    if (now - toldAt < TELL_EVERY_MS) return;
    toldAt = now;
    log.info(`asked up to ${toIso(upTo).slice(0, 10)}, ${found} found`);
  };
}
