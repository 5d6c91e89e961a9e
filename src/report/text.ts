/** Text from outside on its way to a terminal: what could steer it (escape sequences, line ends, bidi) is shown. */
export function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`,
  );
}

/** The styles of our own output, such as bold; not those that hide text or make it blink. */
const STYLE = '\\u001b\\[(?:0|1|2|3|4|2[2-4]|3[0-79]|9[0-7])m';
const STEERING = '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]';
const UNSTYLED = new RegExp(`(\\r?\\n)|${STEERING}`, 'gu');
const STYLED = new RegExp(`(\\r?\\n|${STYLE})|${STEERING}`, 'gu');

/**
 * Lines on their way to a terminal: the last guard, behind {@link visible} where the text came in. Only line ends and,
 * where there is colour, our own styles get through.
 */
export function guarded(lines: string, color: boolean): string {
  return lines.replace(color ? STYLED : UNSTYLED, (found, ours) =>
    ours === undefined ? visible(found) : found,
  );
}

/** The same JSON, with escapes for what could steer a terminal. It reads back as exactly the same value. */
export function guardedJson(json: string): string {
  return json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
    Array.from({ length: found.length }, (_, at) => unicodeEscape(found.charCodeAt(at))).join(''),
  );
}

function unicodeEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

export const WIDTH = 80;

/** Wraps at blanks; lines after the first are indented by `indent` columns. Longer words stay whole. */
export function wrap(text: string, indent = 0, width = WIDTH): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const room = width - (lines.length > 0 ? indent : 0);
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
