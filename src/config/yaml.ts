import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { UsageError } from '../domain/errors.ts';
import { echoName } from './echo.ts';
import { type Given, type GivenSettings, wrongValue } from './given.ts';
import { notifyVariableFor } from './notify-variables.ts';
import { ownSecretFor } from './secrets.ts';
import { groupOf, SETTINGS, type SettingKey } from './settings.ts';
import { suggestGroup, suggestSetting } from './suggest.ts';
import { nestsTooDeep } from './yaml-depth.ts';

/** The word for an empty list; whether there is one, its setting says. */
const EMPTY = 'none';
const SECRET = /secret|token|passw|passphrase|credential|client_?-?id|api_?-?key/i;

/**
 * The settings in the text of a settings file.
 * @throws UsageError, with the line, for anything in it that is not a known setting given once
 */
export function parseSettings(text: string, path: string): GivenSettings {
  if (nestsTooDeep(text)) {
    throw new UsageError(`${path} nests far too deep; write one setting a line, such as "staleAfter: 24h".`);
  }
  const lines = new LineCounter();
  // Repeated keys are found below, where both lines can be named; plain errors quote nothing of the file.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number) => `${path} line ${lines.linePos(offset).line}`;

  const [error] = document.errors;
  if (error !== undefined) {
    // What follows a word's colon or a backslash is a piece of the file, and could be a misplaced secret; so is a
    // tag. For the same reason the original error is not kept as the cause.
    const problem =
      error.code === 'TAG_RESOLVE_FAILED'
        ? 'A tag (!) has no meaning here'
        : `${error.message.replace(/(?<=\w): .*$| \\.*$/s, '')}${/alias/i.test(error.message) ? ' (put a value that begins with * in quotes)' : ''}`;
    throw new UsageError(`${at(error.pos[0])} is not valid YAML: ${problem}.`);
  }
  if (document.contents === null) return new Map();
  if (!isMap(document.contents)) {
    throw new UsageError(`${path} is not a mapping; write one setting a line, such as "staleAfter: 24h".`);
  }

  const settings = new Map<SettingKey, Given>();
  for (const { name, value, offset } of namedValues(document.contents, at)) {
    const where = at(offset);
    const key = settingKey(name, where);
    const first = settings.get(key);
    if (first !== undefined)
      throw new UsageError(`${where}: ${key} is already given in ${first.where}; keep one.`);
    settings.set(key, { text: valueText(key, value, where), origin: 'file', where });
  }
  return settings;
}

interface NamedValue {
  readonly name: string;
  readonly value: Node | null;
  readonly offset: number;
}

/** Every pair, and those of a group by the group's name and their own: `source.file`. */
function* namedValues(map: YAMLMap, at: (offset: number) => string): Generator<NamedValue> {
  for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
    const name = nameOf(key);
    const offset = key.range?.[0] ?? 0;
    const members = groupOf(name);
    if (members.length === 0) {
      const group = isMap(value) ? suggestGroup(name) : null;
      if (group !== null) {
        throw new UsageError(
          `${at(offset)}: ${echoName(name, 'this key')} is not a setting; did you mean ${group}?`,
        );
      }
      yield { name, value, offset };
    } else if (isMap(value)) {
      for (const inner of namedValues(value as YAMLMap, at))
        yield { ...inner, name: `${name}.${inner.name}` };
    } else {
      throw new UsageError(
        `${at(offset)}: ${name} has no value of its own; give ${members.join(', ')} in the lines below it, indented.`,
      );
    }
  }
}

function nameOf(node: Node): string {
  return isScalar(node) ? (node.source ?? String(node.value)) : '';
}

function settingKey(name: string, where: string): SettingKey {
  if (Object.hasOwn(SETTINGS, name)) return name as SettingKey;
  const variable = notifyVariableFor(name) ?? ownSecretFor(name);
  if (variable !== null) {
    throw new UsageError(
      `${where}: ${echoName(name, 'this key')} does not belong into a settings file, because it is a secret; give it in the environment as ${variable}, or the path of a file that holds it as ${variable}_FILE.`,
    );
  }
  if (SECRET.test(name)) {
    throw new UsageError(
      `${where}: ${echoName(name, 'this key')} does not belong into a settings file; give credentials in the environment (GENESYS_CLIENT_ID, GENESYS_CLIENT_SECRET) or the secret in a file of its own (GENESYS_CLIENT_SECRET_FILE).`,
    );
  }
  const meant = suggestSetting(name);
  const advice = meant === null ? '`nightsweep config` lists those there are' : `did you mean ${meant}?`;
  throw new UsageError(
    `${where}: ${echoName(name, 'this key')} is not a setting; ${advice}${meant === null ? '.' : ''}`,
  );
}

/** The value as it is written: `010` and `1e3` must reach the kind's own parser, not YAML's idea of a number. */
function valueText(key: SettingKey, node: Node | null, where: string): string {
  if (!isSeq(node)) return scalarText(key, node, where);
  const { kind } = SETTINGS[key];
  if (!kind.isList) throw wrongValue(key, where, 'a list', null);
  if (node.items.length === 0) {
    const empty = kind.parse(EMPTY);
    if (empty.ok) return EMPTY;
    throw wrongValue(key, where, 'an empty list', empty.hint);
  }
  return node.items.map((item) => scalarText(key, item as Node | null, where)).join(', ');
}

function scalarText(key: SettingKey, node: Node | null, where: string): string {
  if (node === null) return '';
  if (isScalar(node)) return node.source ?? String(node.value);
  const what = isSeq(node) ? 'a list of lists' : 'a mapping or an alias';
  throw wrongValue(key, where, what, null);
}
