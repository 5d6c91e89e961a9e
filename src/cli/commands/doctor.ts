import { EXIT, type ExitCode, worstExit } from '../../domain/errors.ts';
import { apiFlag, type Command, type Context } from '../command.ts';

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
    const failed = checks.filter((check) => check.status === 'fail').length;
    const warned = checks.filter((check) => check.status === 'warn').length;
    const message =
      failed > 0
        ? `${failed} of ${checks.length} checks failed; mend the first one first.`
        : warned > 0
          ? `Ready, with ${warned} ${warned === 1 ? 'remark' : 'remarks'}.`
          : 'Everything is ready.';
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
