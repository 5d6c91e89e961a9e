/** Writes the pages that are made from the program's own tables. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cliPage } from './cli-page.ts';
import { readmeSettings } from './readme-settings.ts';

const at = (path: string) => new URL(`../${path}`, import.meta.url);

writeFileSync(at('docs/cli.md'), cliPage());

const readme = readFileSync(at('README.md'), 'utf8');
const between = /(<!-- settings -->\n)[\s\S]*?(\n<!-- \/settings -->)/;
writeFileSync(
  at('README.md'),
  readme.replace(between, (_, begin: string, end: string) => `${begin}${readmeSettings().trim()}${end}`),
);
