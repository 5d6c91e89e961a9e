import { findMissing, missingExit } from '../../discover/missing.ts';
import { EXIT, type ExitCode, ExpectedError } from '../../domain/errors.ts';
import { missingJson, missingMessage, missingText } from '../render/missing.ts';
import type { Parts } from './parts.ts';

/** Lists the open mappings that analytics does not know. Records nothing. */
export async function listMissing(parts: Parts): Promise<ExitCode> {
  const { context, client, api, store, asking, period, limit } = parts;
  const { args, out } = context;
  const found = await findMissing({
    ...asking,
    api,
    conversations: client.conversations,
    store: store.discover,
    period,
    verify: args.flag('verify'),
    limit,
  });
  const { stop, asked } = found;
  const unanswered: readonly ExitCode[] = [EXIT.auth, EXIT.unavailable];
  if (stop !== null && asked === 0 && unanswered.includes(stop.exitCode)) {
    throw new ExpectedError(stop.sentence, stop.exitCode);
  }
  const exitCode = missingExit(found);
  const listed = { found, period, exitCode, requests: client.remote.figures() };
  out.object(missingJson(listed));
  out.print(out.quiet ? missingMessage(listed) : missingText(listed, out.colors));
  return exitCode;
}
