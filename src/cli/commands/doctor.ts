import { EXIT, type ExitCode, worstExit } from '../../domain/errors.ts';
import { counted } from '../../domain/text.ts';
import { apiFlag, type Command, type Context } from '../command.ts';
import type { Check } from '../doctor/check.ts';

/** Whether everything is ready for the first night. */
export const doctor: Command = {
  usage: 'doctor',
  summary: 'Checks credentials, organisation, permissions, limits, clock, database, lease and the last runs.',
  examples: [['nightsweep doctor', 'before the first night, and when a night went wrong']],
  options: { api: apiFlag() },
  exits: [EXIT.auth, EXIT.refused, EXIT.unavailable, EXIT.database],
  run: async (context: Context): Promise<ExitCode> => {
    const { out } = context;
    const { examine } = await import('../doctor/examine.ts');
    const checks = await examine(context);
    const exitCode = worstExit(checks.flatMap((check) => (check.status === 'fail' ? [check.exitCode] : [])));
    const message = conclusion(checks);
    out.object({
      checks: checks.map(({ name, status, says }) => ({ name, status, says })),
      exitCode,
      message,
    });
    const { visible } = await import('../../report/text.ts');
    const { hang } = await import('../render/hang.ts');
    const mark = {
      ok: out.colors.green('ok  '),
      warn: out.colors.yellow('warn'),
      fail: out.colors.red('fail'),
    };
    for (const { name, status, says } of checks) {
      out.print(`${mark[status]}  ${name.padEnd(14)} ${hang(visible(says), 21)}`);
    }
    out.print(`\n${message}`);
    return exitCode;
  },
};

function conclusion(checks: readonly Check[]): string {
  const [first, ...others] = checks.filter(({ status }) => status === 'fail');
  if (first !== undefined) {
    const count = `${others.length + 1} of ${counted(checks.length, 'check')} failed`;
    return `Not ready: ${count}${others.length > 0 ? `; mend the first one first (${first.name})` : ` (${first.name})`}.`;
  }
  const accept = [...new Set(checks.flatMap((check) => check.accept ?? []))].join(' ');
  if (accept !== '') {
    return `Ready, but the next night will be refused unless it is accepted once: nightsweep sweep ${accept}.`;
  }
  const warned = checks.filter(({ status }) => status === 'warn').length;
  return warned > 0 ? `Ready, with ${counted(warned, 'remark')}.` : 'Everything is ready.';
}
