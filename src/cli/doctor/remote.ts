import { ApiError, EXIT, ExpectedError } from '../../domain/errors.ts';
import { wrongClock, wrongOrganization } from '../../domain/guard.ts';
import type { Client } from '../../genesys/client.ts';
import type { Trace } from '../../sweep/ports.ts';
import type { Context } from '../command.ts';
import { connect } from '../compose.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** No conversation has this id: asking about it shows what is permitted and touches nothing. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Token, organisation, permissions, limits and clock, as the remote side tells them. */
export async function examineRemote(context: Context): Promise<Check[]> {
  const { interrupts, unlisten } = context.io.listenForInterrupts();
  const client = await connect(context, interrupts.stop);
  const trace: Trace = { requests: 0, httpStatus: null, errorCode: null, correlationId: null };
  const call = { signal: interrupts.stop, trace };
  try {
    const checks: Check[] = [];
    try {
      checks.push(...(await identity(context, client, call)));
    } catch (error) {
      if (error instanceof ApiError) {
        const says = `${error.message}; check the network, GENESYS_ENVIRONMENT and GENESYS_API_URL`;
        return [fail('api', says, EXIT.unavailable)];
      }
      if (error instanceof ExpectedError) return [fail('token', error.message, error.exitCode)];
      throw error;
    }
    checks.push(
      await permitted('reading', () => client.conversations.read(NOBODY, call)),
      await permitted('closing', () => client.conversations.close(NOBODY, call)),
      ...(await surveying(context, client, call)),
      limits(context, client),
      clock(client),
    );
    return checks;
  } finally {
    await client.close();
    unlisten();
  }
}

type Call = Parameters<Client['tokenOwner']>[0];

async function identity(context: Context, client: Client, call: Call): Promise<Check[]> {
  const { organization, client: name } = await client.tokenOwner(call);
  const says = `${organization.name} (${organization.id})${name === null ? '' : `, as ${name}`}`;
  const { expectOrganization } = context.config().config;
  const wrong = wrongOrganization(expectOrganization, organization);
  if (wrong !== null) return [fail('organisation', wrong.sentence, EXIT.refused)];
  return [
    expectOrganization === null
      ? warn('organisation', `${says}; set expectOrganization so that no other can ever be swept by mistake`)
      : ok('organisation', says),
  ];
}

async function permitted(name: string, ask: () => Promise<unknown>): Promise<Check> {
  try {
    await ask();
    return ok(name, 'permitted');
  } catch (error) {
    if (error instanceof ExpectedError) return fail(name, error.message, error.exitCode);
    if (!(error instanceof ApiError)) throw error;
    if (error.failure === 'forbidden') return fail(name, error.message, EXIT.auth);
    // Whatever else it says of a conversation that does not exist, it is not "you may not".
    if (error.failure === 'refused' && error.code !== null) return ok(name, 'not forbidden');
    return fail(name, error.message, EXIT.unavailable);
  }
}

/** Without it sweeps work, and spend several times the requests. */
async function surveying(context: Context, client: Client, call: Call): Promise<Check[]> {
  const { survey } = client;
  if (survey === null || !context.config().config.survey) return [];
  const check = await permitted('survey', () => survey.endedOf([NOBODY], call));
  return [
    check.status === 'fail'
      ? warn(
          'survey',
          `${check.says}; without it every conversation is read one by one, and discover finds nothing`,
        )
      : check,
  ];
}

function limits(context: Context, client: Client): Check {
  const limit = client.rateLimit();
  const { ratePerMinute, budgetShare } = context.config().config;
  const ours = Math.floor(ratePerMinute * budgetShare);
  if (limit === null) return warn('rate limit', `not told; ours is ${ours} a minute`);
  const says = `${limit.allowed} a minute, ${limit.count} used in this one; ours is ${ours}`;
  return ours > limit.allowed
    ? warn('rate limit', `${says}: lower ratePerMinute to ${limit.allowed}, or every window ends in a pause`)
    : ok('rate limit', says);
}

function clock(client: Client): Check {
  const skewMs = client.remote.clockSkewMs();
  const wrong = wrongClock(skewMs);
  if (wrong !== null) return fail('clock', wrong.sentence, EXIT.refused);
  return ok(
    'clock',
    skewMs === null ? 'not told' : `within ${Math.ceil(Math.abs(skewMs) / 1000)} s of Genesys's`,
  );
}
