import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/program.ts';
import { noCounts, noRequests } from '../../src/domain/run.ts';
import { DAY } from '../../src/domain/time.ts';
import { openStore } from '../../src/store/store.ts';
import { anOutcome, aPolicy, ID } from '../domain/make.ts';
import { createIo, sink } from './running.ts';

/** Begins a line of its own, clears the screen, turns the direction round, in C0, C1 and beyond. */
const HOSTILE = 'x\nFAKE\r\x1b[2J\x9b2J\u202e\u2028\u{e0041}=';
/** The same as far as a session id may go: no control characters below U+0080. */
const SESSION = 'x\x9b2J\u202e\u2028\u{e0041}=';
const DB = 'a\nFAKE\x1b[2J.db';
const NOW = Date.now();

/** A record in which everything that can be text from outside is. */
function record(path: string): void {
  const store = openStore(path, { mode: 'create', now: NOW });
  try {
    const mapping = { conversationId: ID, sessionId: SESSION, userId: HOSTILE, startedAt: NOW - 3 * DAY };
    store.intake.putMappings([{ ...mapping, lastActivityAt: null }], HOSTILE, NOW);
    const request = { conversationId: ID, reason: HOSTILE, origin: HOSTILE, force: false };
    store.intake.requestCloses([request], NOW);
    const host = HOSTILE;
    const run = {
      kind: 'sweep',
      scope: 'full',
      dryRun: false,
      policy: aPolicy(),
      startedAt: NOW - 1_000,
    } as const;
    const id = store.runs.begin({ ...run, host, pid: 7, version: HOSTILE });
    const outcome = anOutcome({
      conversationId: ID,
      sessionId: SESSION,
      outcome: 'failed',
      reason: HOSTILE,
      detail: HOSTILE,
      origin: HOSTILE,
      queueId: HOSTILE,
      errorCode: HOSTILE,
      correlationId: HOSTILE,
      decidedAt: NOW - 500,
    });
    store.ledger.record(id, outcome, null, NOW);
    const conclusion = { state: 'done', exitCode: 3, message: HOSTILE, finishedAt: NOW } as const;
    store.runs.finish(id, { ...conclusion, counts: noCounts(), requests: noRequests() });
  } finally {
    store.close();
  }
}

const COMMANDS = [
  ['explain', ID, '--offline'],
  ['runs'],
  ['runs', '1'],
  ...['day', 'outcome', 'reason', 'queue', 'origin', 'run'].map((by) => ['report', '--by', by]),
  ['report', '--by', 'origin', '--format', 'csv'],
  ['report', '--by', 'origin', '--format', 'json'],
  ['report', '--by', 'queue', '--format', 'ndjson'],
  ['report', '--by', 'origin', '--format', 'markdown'],
  ['db', 'status'],
  ['db', 'check'],
  ['db', 'migrate'],
  ['hold', ID, '--for', '1d'],
  ['config'],
];

describe('a record full of what could steer a terminal', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'nightsweep-hostile-'));
    record(join(dir, DB));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  async function shown(argv: readonly string[]) {
    const env = {
      NIGHTSWEEP_DB: DB,
      NIGHTSWEEP_EXPECT_ORGANIZATION: HOSTILE,
      NIGHTSWEEP_CLOSE_REASON: HOSTILE,
      GENESYS_CLIENT_ID: HOSTILE,
    };
    const io = createIo(argv, { cwd: dir, env, stdout: sink(80), stderr: sink(80) });
    expect(await main(io)).toBe(0);
    return { stdout: io.stdout.text, all: io.stdout.text + io.stderr.text };
  }

  it.each(COMMANDS.map((argv) => [argv.join(' '), argv] as const))(
    'is shown safely by %s',
    async (_, argv) => {
      const { stdout, all } = await shown(argv);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: our own styles
      expect(all.replace(/\u001b\[\d+m|\r(?=\n)/g, '')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      // A CSV holds a line end, and is data.
      if (!argv.includes('csv')) expect(stdout).not.toMatch(/^\s*FAKE/m);
    },
  );

  // What is asked for by name is that, and not JSON.
  const AS_JSON = COMMANDS.filter((argv) => !argv.includes('--format') || argv.includes('json'));
  it.each(AS_JSON.map((argv) => [argv.join(' '), argv] as const))(
    'is exact in %s --json',
    async (_, argv) => {
      const { stdout } = await shown([...argv, '--json']);
      const texts = JSON.stringify(JSON.parse(stdout));
      expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      if (['explain', 'config'].includes(argv[0] ?? '')) expect(texts).toContain(JSON.stringify(HOSTILE));
    },
  );
});
