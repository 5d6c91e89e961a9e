import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import type { Explanation, RuleStep } from '../explain.ts';
import { type Fact, isMoment } from '../explain-facts.ts';
import type { SettledRequest } from '../ports.ts';
import { visible, WIDTH, wrap } from '../text.ts';

const BASIS: Readonly<Record<Explanation['basis'], string>> = {
  read: 'Read from Genesys just now.',
  not_found: 'Asked Genesys just now: it does not know this conversation.',
  record: 'Not read from Genesys now: what follows is from our own record only.',
};

/** The explanation as text for people, in 80 columns. */
export function renderExplanation(explanation: Explanation): string {
  const { now } = explanation;
  return [
    `Conversation ${explanation.conversationId}\n${wrap(BASIS[explanation.basis])}`,
    section('Our side', explanation.ours?.map((fact) => factLine(fact, now)) ?? ['no mapping names it']),
    section('Genesys', explanation.remote?.map((fact) => factLine(fact, now)) ?? []),
    section('Close requests', explanation.requests.map(requestLine)),
    section('Outcomes, oldest first', explanation.outcomes.map(outcomeLine)),
    section('Rules, in the order in which they are asked', explanation.rules.map(ruleLine)),
    section('Conclusion', [explanation.conclusion, explanation.selection]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const INDENT = 2;

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  const indented = lines.map((line) => `  ${wrap(visible(line), 2 * INDENT, WIDTH - INDENT).trimEnd()}`);
  return [title, ...indented].join('\n');
}

const NAME_WIDTH = 18;

function factLine({ name, value }: Fact, now: Instant): string {
  return name.padEnd(NAME_WIDTH) + words(value, now);
}

function words(value: Fact['value'], now: Instant): string {
  if (isMoment(value)) return `${toIso(value.at)} (${distance(value.at, now)})`;
  if (value === null) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : value.join(', ') || 'none';
}

function distance(at: Instant, now: Instant): string {
  return at > now ? `in ${humanDuration(at - now)}` : `${humanDuration(now - at)} ago`;
}

function requestLine(request: SettledRequest): string {
  const parts = [
    `${toIso(request.requestedAt)} by ${request.origin}`,
    ...(request.force ? ['forced'] : []),
    ...(request.reason === null ? [] : [`reason: ${request.reason}`]),
    request.settledAt === null
      ? 'pending'
      : `settled ${toIso(request.settledAt)}: ${request.outcome ?? 'without an outcome'}`,
  ];
  return parts.join(', ');
}

function outcomeLine(outcome: Explanation['outcomes'][number]): string {
  const parts = [
    `${toIso(outcome.decidedAt)} run ${outcome.runId}${outcome.dryRun ? ' (dry run)' : ''}: ${outcome.outcome}`,
    ...(outcome.reason === null ? [] : [outcome.reason]),
    ...(outcome.detail === null ? [] : [outcome.detail]),
    ...(outcome.httpStatus === null ? [] : [`status ${outcome.httpStatus}`]),
    ...(outcome.errorCode === null ? [] : [outcome.errorCode]),
    ...(outcome.correlationId === null ? [] : [`correlation id ${outcome.correlationId}`]),
  ];
  return parts.join(', ');
}

const MARK: Readonly<Record<RuleStep['result'], string>> = {
  decided: 'decides',
  passed: 'does not decide',
  not_asked: 'not asked',
};

function ruleLine({ question, result }: RuleStep): string {
  return `${MARK[result].padEnd(MARK.passed.length)}  ${question}?`;
}
