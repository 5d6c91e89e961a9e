import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT_MEANING } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands/all.ts';
import { CLOSE_REASONS, KEEP_REASONS, RULES } from '../src/domain/decide.ts';
import { OUTCOMES } from '../src/domain/outcome.ts';
import { cliPage } from '../tools/cli-page.ts';
import { readmeSettings } from '../tools/readme-settings.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = read('README.md');

describe('the README', () => {
  it('shows the two set-up commands', () => {
    expect(readme).toContain('npm ci && npm run demo');
    expect(readme).toContain('npm ci && npm test');
  });

  it('has the settings as the program has them', () => {
    expect(readme).toContain(`<!-- settings -->\n${readmeSettings().trim()}\n<!-- /settings -->`);
  });

  it('explains every exit code', () => {
    for (const code of Object.keys(EXIT_MEANING))
      expect(readme).toMatch(new RegExp(`^\\|[^|]*\\b${code}\\b`, 'm'));
  });

  it('names every command', () => {
    const commands = readme.slice(readme.indexOf('## Commands'), readme.indexOf('## Safety'));
    for (const { usage } of COMMANDS) {
      for (const word of usage.split(' ').filter((part) => /^\w/.test(part)))
        expect(commands).toContain(word);
    }
  });

  it('links only to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const path of links) expect(read(path).length).toBeGreaterThan(100);
  });
});

it('docs/decisions.md has every rule, reason and outcome', () => {
  const decisions = read('docs/decisions.md');
  for (const word of [...KEEP_REASONS, ...CLOSE_REASONS, ...OUTCOMES])
    expect(decisions).toContain(`\`${word}\``);
  // Two rows of the table are one rule: a request is closed, or kept because somebody was active.
  expect(decisions.match(/^\| \d+ +\|/gm)).toHaveLength(RULES.length + 1);
});

describe('docs/cli.md', () => {
  const page = read('docs/cli.md');

  it('is what npm run docs makes of the tables', () => {
    expect(page).toBe(cliPage());
  });

  it('links only to headings that it has', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.replaceAll(' ', '-'));
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(COMMANDS.length);
    for (const link of new Set(links)) expect(headings.map((one) => one.toLowerCase())).toContain(link);
  });
});

describe('the changelog', () => {
  const changelog = read('CHANGELOG.md');
  const { version } = JSON.parse(read('package.json'));

  it('begins with what is not released, or with the version of the package', () => {
    const [newest] = [...changelog.matchAll(/^## \[(.+?)\]/gm)].map(([, name]) => name);
    expect(['Unreleased', version]).toContain(newest);
    expect(changelog).toMatch(
      new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm'),
    );
  });

  it('has only the kinds of change that there are', () => {
    const kinds = [...changelog.matchAll(/^### (.+)$/gm)].map(([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(0);
    for (const kind of kinds)
      expect(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']).toContain(kind);
  });
});
