import { Cron } from 'croner';
import { unknownVariables, wrongWords } from './words.ts';

const VARIABLE = /^([A-Z_]+)\s*=/;

/** What is wrong with a file for /etc/cron.d. */
export async function cronProblems(where: string, text: string): Promise<string[]> {
  const problems = text.endsWith('\n')
    ? []
    : [`${where}: without a line break at its end cron ignores the last line`];
  const variables: string[] = [];
  let jobs = 0;
  for (const [i, line] of text.split('\n').entries()) {
    const at = `${where} line ${i + 1}`;
    const variable = VARIABLE.exec(line)?.[1];
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (variable !== undefined) variables.push(variable);
    else {
      jobs += 1;
      problems.push(...(await jobProblems(at, line)));
    }
  }
  if (jobs === 0) problems.push(`${where}: it runs nothing`);
  for (const needed of ['PATH', 'MAILTO'])
    if (!variables.includes(needed)) problems.push(`${where}: ${needed} is not set`);
  return [...problems, ...unknownVariables(where, variables)];
}

async function jobProblems(at: string, line: string): Promise<string[]> {
  const [minute, hour, day, month, weekday, user, program, ...words] = line.trim().split(/\s+/);
  const problems: string[] = [];
  try {
    if (new Cron([minute, hour, day, month, weekday].join(' '), { paused: true }).nextRun() === null)
      problems.push(`${at}: it never comes`);
  } catch (error) {
    problems.push(`${at}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (user === undefined || !/^[a-z_][a-z0-9_-]*$/.test(user))
    problems.push(`${at}: there is no user in the sixth place`);
  if (line.replaceAll('\\%', '').includes('%')) problems.push(`${at}: cron takes a bare % for a line break`);
  if (program !== 'nightsweep') return [...problems, `${at}: it does not run nightsweep`];
  return [...problems, ...(await wrongWords(at, words))];
}
