import { humanDuration, type Instant, toIso } from '../../domain/time.ts';
import type { Explanation } from '../explain.ts';
import { type Fact, isMoment } from '../explain-facts.ts';
import type { RuleStep } from '../explain-rules.ts';
import { visible, WIDTH, wrap } from '../text.ts';
import type { TimelineEvent } from '../timeline.ts';

const BASIS: Readonly<Record<Explanation['basis'], string>> = {
  read: 'Read from Genesys just now.',
  not_found: 'Asked Genesys just now: it does not know this conversation.',
  record: 'Not read from Genesys now: what follows is from our own record only.',
};

/** The explanation as text for people, in 80 columns. */
export function renderExplanation(explanation: Explanation): string {
  const { now } = explanation;
  return [
    `Conversation ${explanation.conversationId}\n${wrap([BASIS[explanation.basis], ...unrecorded(explanation)].join(' '))}`,
    section('Our side', explanation.ours?.map((fact) => factLine(fact, now)) ?? ['no mapping names it']),
    section('Genesys', explanation.remote?.map((fact) => factLine(fact, now)) ?? []),
    section('What happened, oldest first (UTC)', explanation.timeline.map(eventLine), EVENT_INDENT),
    section('Rules, in the order in which they are asked', explanation.rules.map(ruleLine), RULE_INDENT),
    section('Conclusion', [explanation.conclusion, explanation.selection]),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

const INDENT = 2;

/** @param hanging where a line goes on, in columns */
function section(title: string, lines: readonly string[], hanging = 2 * INDENT): string {
  if (lines.length === 0) return '';
  const indented = lines.map((line) => `  ${wrap(visible(line), hanging, WIDTH - INDENT).trimEnd()}`);
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

/** What does not fit a line goes on right of the time. */
const EVENT_INDENT = INDENT + '2026-11-23 02:15:00  '.length;

function eventLine({ at, text }: TimelineEvent): string {
  return `${toIso(at).slice(0, 19).replace('T', ' ')}  ${text}`;
}

function unrecorded({ recorded, detailSince }: Explanation): string[] {
  if (recorded) return [];
  return [
    'Our record knows nothing of it: no mapping, no close request and no outcome names it.',
    ...(detailSince === null
      ? []
      : [
          `Outcomes before ${toIso(detailSince).slice(0, 10)} were pruned, and can no longer be found by id.`,
        ]),
  ];
}

const MARK: Readonly<Record<RuleStep['result'], string>> = {
  decided: 'decides',
  passed: 'does not decide',
  not_asked: 'not asked',
};

const RULE_INDENT = INDENT + MARK.passed.length + 2;

function ruleLine({ question, result, says }: RuleStep): string {
  const answer = says === null ? '' : ` ${says}`;
  return `${MARK[result].padEnd(MARK.passed.length)}  ${question}?${answer}`;
}
