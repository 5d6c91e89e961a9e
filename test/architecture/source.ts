import { parseAst } from 'vitest/node';

/** A file of src: its path below src with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Something in a file that a rule may have an opinion about. */
export type Finding = { readonly line: number } & (
  | { readonly kind: 'import'; readonly specifier: string | null; readonly typeOnly: boolean }
  | { readonly kind: 'ambient'; readonly what: string }
);

interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Every import, in whatever form, and every mention of the world outside, found in the syntax tree. */
export function findingsIn({ path, text }: SourceFile): Finding[] {
  const findings: Finding[] = [];
  const visit = (node: AstNode): void => {
    const line = text.slice(0, node.start).split('\n').length;
    const source = importOf(node);
    if (source !== null) findings.push({ kind: 'import', line, ...source });
    const what = ambientIn(node);
    if (what !== null) findings.push({ kind: 'ambient', line, what });
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parseAst(text, { lang: 'ts' }, path) as unknown as AstNode);
  return findings;
}

/** Specifier null: computed, so nobody can tell what it imports. */
function importOf(node: AstNode): { specifier: string | null; typeOnly: boolean } | null {
  const specifier = literal(node.source);
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier, typeOnly: node.importKind === 'type' || allSpecifiers(node, 'importKind') };
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!isNode(node.source)) return null;
      return { specifier, typeOnly: node.exportKind === 'type' || allSpecifiers(node, 'exportKind') };
    case 'ImportExpression':
      return { specifier, typeOnly: false };
    case 'TSImportType':
      return { specifier, typeOnly: true };
    case 'TSImportEqualsDeclaration':
      return { specifier: null, typeOnly: false };
    case 'CallExpression':
      return isNamed(node.callee, 'require') ? { specifier: null, typeOnly: false } : null;
    default:
      return null;
  }
}

function allSpecifiers(node: AstNode, kind: 'importKind' | 'exportKind'): boolean {
  const specifiers = Array.isArray(node.specifiers) ? (node.specifiers as AstNode[]) : [];
  return specifiers.length > 0 && specifiers.every((specifier) => specifier[kind] === 'type');
}

const GLOBALS = ['process', 'console'];

function ambientIn(node: AstNode): string | null {
  if (node.type === 'Identifier') return GLOBALS.find((name) => node.name === name) ?? null;
  if (node.type === 'MemberExpression') {
    const property = memberName(node);
    if (isNamed(node.object, 'Date') && property === 'now') return 'Date.now';
    if (isNamed(node.object, 'Math') && property === 'random') return 'Math.random';
    if (isNamed(node.object, 'globalThis')) return GLOBALS.find((name) => property === name) ?? null;
  }
  const called = node.type === 'NewExpression' || node.type === 'CallExpression';
  if (called && isNamed(node.callee, 'Date') && (node.arguments as unknown[]).length === 0) {
    return 'new Date()';
  }
  const imported = node.type === 'ImportDeclaration' ? literal(node.source) : null;
  return GLOBALS.find((name) => imported === name || imported === `node:${name}`) ?? null;
}

/** The nodes below, without plain names of members: `job.process` is nobody's global. */
function childrenOf(node: AstNode): AstNode[] {
  return Object.entries(node)
    .filter(([field]) => !((field === 'property' || field === 'key') && node.computed === false))
    .flatMap(([, value]) => value)
    .filter(isNode);
}

function memberName(node: AstNode): string | null {
  if (node.computed === true) return literal(node.property);
  return isNode(node.property) ? String(node.property.name) : null;
}

function isNamed(value: unknown, name: string): boolean {
  return isNode(value) && value.type === 'Identifier' && value.name === name;
}

function literal(value: unknown): string | null {
  return isNode(value) && typeof value.value === 'string' ? value.value : null;
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
