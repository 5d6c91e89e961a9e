import { EXIT, type ExitCode, UsageError } from '../../domain/errors.ts';
import type { Delivery } from '../../notify/deliver.ts';
import type { Target } from '../../notify/target.ts';
import type { Command, Context } from '../command.ts';

/** Who is told of nights. */
export const notify: Command = {
  usage: 'notify',
  summary: 'Shows who is told of which nights; with --test it sends each of them a message.',
  examples: [
    ['nightsweep notify', 'who is told, of what?'],
    ['nightsweep notify --test', 'does it arrive?'],
  ],
  options: { test: { describe: 'send a test message to everybody, and say what each answers' } },
  exits: [EXIT.incomplete],
  run: async (context: Context): Promise<ExitCode> => {
    const { notificationsOf } = await import('../notifications.ts');
    const notifications = notificationsOf(context);
    const { listeners, heartbeat, on, name } = notifications;
    const targets: readonly Target[] = [...listeners, ...(heartbeat === null ? [] : [heartbeat])];
    const isTest = context.args.flag('test');
    if (isTest && targets.length === 0) throw new UsageError(`${NOBODY}; set one, then try again.`);
    const deliveries = isTest ? await sendTest(context, targets, name) : null;
    const { exitCode, message } = conclusion(targets, deliveries);
    const { nameOf } = await import('../../notify/target.ts');
    const { hang } = await import('../render/hang.ts');
    const { visible } = await import('../../report/text.ts');
    const { out } = context;
    out.object({
      name,
      on,
      targets: targets.map(({ kind, host }, i) => ({
        kind,
        host,
        toldOf: kind === 'heartbeat' ? ['every night'] : on,
        test: testOf(deliveries?.[i]),
      })),
      exitCode,
      message,
    });
    for (const [i, target] of targets.entries()) {
      const { mark, says } = lineOf(context, target, deliveries?.[i] ?? null, on);
      out.print(`${mark}${hang(visible(`${nameOf(target)}: ${says}`), mark === '' ? 0 : 6)}`);
    }
    out.print(`${targets.length === 0 ? '' : '\n'}${hang(visible(message), 0)}`);
    return exitCode;
  },
};

const NOBODY =
  'Nobody is told of nights: none of NIGHTSWEEP_NOTIFY_WEBHOOK_URL, NIGHTSWEEP_NOTIFY_SLACK_URL, NIGHTSWEEP_NOTIFY_TEAMS_URL and NIGHTSWEEP_NOTIFY_HEARTBEAT_URL is set';

async function sendTest(context: Context, targets: readonly Target[], name: string): Promise<Delivery[]> {
  const { wireOf, messageId } = await import('../notifications.ts');
  const { deliver, WITHIN_MS } = await import('../../notify/deliver.ts');
  const { testNotice } = await import('../../notify/notice.ts');
  const { beating, isTaken, telling } = await import('../../notify/target.ts');
  const { clock, random } = context.io;
  // It is over in seconds; Ctrl-C ends it like any program.
  const { signal } = new AbortController();
  const { send, close } = await wireOf(context);
  const notice = testNotice(name, clock.now());
  const until = clock.now() + WITHIN_MS;
  try {
    return await Promise.all(
      targets.map((to) => {
        const makePost =
          to.kind === 'heartbeat' ? beating(to, 'log', notice) : telling(to, notice, messageId());
        return deliver({ send, clock, random }, makePost, {
          isTaken: (answer) => isTaken(to, answer),
          until,
          signal,
        });
      }),
    );
  } finally {
    await close();
  }
}

function conclusion(
  targets: readonly Target[],
  deliveries: readonly Delivery[] | null,
): { exitCode: ExitCode; message: string } {
  if (targets.length === 0) return { exitCode: EXIT.ok, message: `${NOBODY}.` };
  if (deliveries === null) {
    return { exitCode: EXIT.ok, message: 'Nothing was sent; nightsweep notify --test sends a message.' };
  }
  const missed = deliveries.filter(({ delivered }) => !delivered);
  if (missed.length === 0) return { exitCode: EXIT.ok, message: 'Everybody was told.' };
  const message = `${missed.length} of ${deliveries.length} could not be told; ${adviceFor(missed)}.`;
  return { exitCode: EXIT.incomplete, message };
}

function adviceFor(missed: readonly Delivery[]): string {
  const passing = missed.filter(({ mayPass }) => mayPass).length;
  if (passing === missed.length) return 'try again later';
  if (passing === 0) return 'check the address, then try again';
  return 'try again later, and check the address of who refused it or was not there';
}

/** What is shown of it. */
function testOf(delivery: Delivery | undefined): Pick<Delivery, 'delivered' | 'says'> | null {
  return delivery === undefined ? null : { delivered: delivery.delivered, says: delivery.says };
}

function lineOf(
  { out }: Context,
  { kind }: Target,
  delivery: Delivery | null,
  on: readonly string[],
): { mark: string; says: string } {
  if (delivery === null) {
    const nights = kind === 'heartbeat' ? 'every night: start, success or fail' : on.join(', ');
    return { mark: '', says: nights };
  }
  const mark = delivery.delivered ? out.colors.green('ok  ') : out.colors.red('fail');
  return { mark: `${mark}  `, says: delivery.says };
}
