import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT } from './child.ts';
import { openPlace, type Place } from './place.ts';
import { conversations, demandAgreement, everything, idOf, map } from './world.ts';

describe('looking at what is there', () => {
  let place: Place;
  beforeAll(async () => {
    place = await openPlace({ conversations: conversations(['with_bot', 'parked', 'closed', 'with_bot']) });
    map(place, 4);
    await place.runHere('hold', idOf(4), '--for', '7d');
    await place.runHere('sweep');
  });
  afterAll(() => place.leave());

  /** What it prints; it must neither write to the database nor to Genesys. */
  async function look(...argv: string[]): Promise<string> {
    const before = [everything(place), place.count('close')];
    const { code, stdout } = await place.runHere(...argv);
    expect(code).toBe(0);
    expect([everything(place), place.count('close')]).toEqual(before);
    return stdout;
  }

  it('report: a table, JSON or CSV, by whatever is asked for', async () => {
    expect(await look('report', '--by', 'outcome')).toMatch(
      /\nalready_closed +1\nclosed +1\nkept +1\nall +3\n\nA conversation that is kept every night/,
    );
    expect(await look('report', '--by', 'reason')).toMatch(/\nparked +0 +0 +1\n/);
    expect(await look('report', '--by', 'run', '--format', 'csv')).toBe(
      'key,closed,already_closed,not_found,kept,would_close,unconfirmed,failed,expired,not_attempted\r\n' +
        '1,1,1,0,1,0,0,0,0,0\r\n',
    );
    const day = new Date().toISOString().slice(0, 10);
    expect(JSON.parse(await look('report', '--since', day, '--format', 'json')).rows).toMatchObject([
      { key: day, closed: 1 },
    ]);
    expect(await look('report', '--until', '2020-01-02', '--since', '2020-01-01')).toContain(
      'Nothing was decided',
    );
  });

  it('report --out writes a file and nothing to stdout', async () => {
    expect(await look('report', '--format', 'csv', '--out', 'report.csv')).toBe('');
    expect(readFileSync(join(place.dir, 'report.csv'), 'utf8')).toMatch(/^key,closed/);
  });

  it('runs: all, and one', async () => {
    expect(await look('runs')).toMatch(/^ +1 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}sweep {2}done +0 +1 +1 +0 +0$/m);
    const one = await look('runs', '1');
    expect(one).toMatch(/^Run 1, full sweep, done\n/);
    expect(one).toContain('Closed 1, kept 1, 1 had already ended, 0 left.');
  });

  it('explain: both sides and every rule, with credentials', async () => {
    const text = await look('explain', idOf(2));
    expect(text).toContain('Read from Genesys just now.');
    expect(text).toMatch(/ {2}decides +is it parked\?/);
    expect(text).toMatch(/run 1: kept \(parked\): an agent has parked it/);
  });

  it('explain: from the record only, without', async () => {
    const { GENESYS_CLIENT_SECRET, ...rest } = place.env;
    Object.assign(place.env, { ...rest, GENESYS_CLIENT_SECRET: undefined });
    const { code, stdout, stderr } = await place.runHere('explain', idOf(2));
    Object.assign(place.env, { GENESYS_CLIENT_SECRET });
    expect(code).toBe(0);
    expect(stdout).toContain('Not read from Genesys now');
    expect(stdout).toMatch(/run 1: kept \(parked\)/);
    expect(stderr).toMatch(/^warning: It was not read from Genesys Cloud: .*GENESYS_CLIENT_SECRET[^\n]*\n$/);
  });

  it('explain --session: its conversation, or a list of several', async () => {
    expect(await look('explain', '--session', 'web-2', '--offline')).toContain(`Conversation ${idOf(2)}\n`);
    place.execute(
      `UPDATE mappings SET session_id = 'twice' WHERE conversation_id IN ('${idOf(2)}', '${idOf(3)}')`,
    );
    const text = await look('explain', '--session', 'twice');
    expect(text).toContain('Session twice has 2 conversations; explain one by its id.');
    expect(text).toMatch(new RegExp(`^${idOf(2)}  open +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  kept$`, 'm'));
    const { json } = await place.runHere('explain', '--session', 'twice', '--json');
    expect(json).toMatchObject({
      sessionId: 'twice',
      conversations: [
        { conversationId: idOf(2), state: 'open', lastOutcome: 'kept' },
        { lastOutcome: 'already_closed' },
      ],
    });
  });

  it('db status, check and backup', async () => {
    expect(await look('db', 'status')).toContain('mappings: 2 open, 2 closed, 0 gone, 1 on hold');
    expect(await look('db', 'check')).toBe('The database is whole.\n');
    await look('db', 'backup', 'copy.db');
    expect(statSync(join(place.dir, 'copy.db')).mode & 0o777, 'for its owner only').toBe(0o600);
    const copy = await place.runHere('runs', '--db', 'copy.db', '--json');
    expect(copy.json.runs).toHaveLength(1);
    expect(await look('db', 'migrate')).toContain('is up to date');
  });

  it('config: every setting with its origin, secrets redacted', async () => {
    place.file('nightsweep.yaml', 'surveyLag: 45m\n');
    place.file('.env', `NIGHTSWEEP_MAX_CLOSES=7\nGENESYS_CLIENT_SECRET=${CLIENT.clientSecret}\n`);
    const text = await look('config');
    expect(text).toMatch(/^surveyLag +45m +file$/m);
    expect(text).toMatch(/^maxCloses +7 +environment$/m);
    expect(text).toMatch(/^verifyFor +1s +environment$/m);
    expect(text).toMatch(/^concurrency +10 +default$/m);
    expect(text).toMatch(/^clientSecret +\[redacted\] +environment$/m);
    expect(await look('config', '--db', 'nightsweep.db')).toMatch(/^db +nightsweep\.db +flag$/m);
  });

  it('hold keeps even what is stale, and --release ends that', async () => {
    const unmapped = await place.runHere('hold', idOf(4), idOf(99), '--for', '1d');
    expect(unmapped.code).toBe(3);
    expect(unmapped.stdout).toMatch(/^1 of 2 on hold until \S+; no mapping knows/);
    await place.runHere('sweep');
    expect(place.simulator.world.get(idOf(4))?.patches).toBe(0);
    const released = await place.runHere('hold', idOf(4), '--release');
    expect(released).toMatchObject({ code: 0, stdout: '1 of 1 released.\n' });
    expect((await place.runHere('sweep', '--json')).json.counts).toMatchObject({ closed: 1 });
    demandAgreement(place);
  });
});
