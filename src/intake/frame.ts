import { beginning } from '../domain/text.ts';
import type { Delimiter } from './delimiter.ts';

/** The text of one record and where it stands, before anybody looks at its cells. */
export interface Frame {
  /** First and last physical line, counted from 1. */
  readonly line: number;
  readonly lastLine: number;
  /** Where its latest quote opened. */
  readonly quoteLine: number;
  /** Without the line end; cut when it is too long. */
  readonly text: string;
  /** `unclosed_quote`: the file ended inside a quote. */
  readonly fault: 'unclosed_quote' | 'record_too_long' | null;
}

/** Longer is no row of ours; it bounds what is kept in memory. In UTF-16 units. */
export const MAX_RECORD_LENGTH = 64 * 1024;
const KEPT_OF_TOO_LONG = 1_000;

type Place = 'field start' | 'plain' | 'quoted' | 'after quote';

/**
 * Cuts text into records by the rules of RFC 4180, with any mixture of line ends. csv-parse could do that alone,
 * but an unclosed quote or an overlong record makes it drop what follows without a word (csv-parse 7), and it
 * tells the last line of a record, not the first.
 */
export class Framer {
  readonly #delimiter: Delimiter;
  #place: Place = 'field start';
  #text = '';
  #tooLong = false;
  #line = 1;
  #firstLine = 1;
  #quoteLine = 1;
  #afterCr = false;

  constructor(delimiter: Delimiter = ',') {
    this.#delimiter = delimiter;
  }

  /** The records that this chunk completes; blank lines are none. */
  push(chunk: string): Frame[] {
    const frames: Frame[] = [];
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const c = chunk[at] as string;
      const secondHalfOfCrLf = this.#afterCr && c === '\n';
      this.#afterCr = c === '\r';
      if (secondHalfOfCrLf) {
        if (this.#place !== 'quoted') from = at + 1;
      } else if (c !== '\n' && c !== '\r') {
        this.#place = this.#next(c);
      } else if (this.#place === 'quoted') {
        this.#line++;
      } else {
        this.#append(chunk.slice(from, at));
        frames.push(...this.#take());
        from = at + 1;
        this.#firstLine = ++this.#line;
      }
    }
    this.#append(chunk.slice(from));
    return frames;
  }

  /** The record that the end of the file completes. */
  end(): Frame[] {
    return this.#take();
  }

  #next(c: string): Place {
    const quote = c === '"';
    switch (this.#place) {
      case 'quoted':
        return quote ? 'after quote' : 'quoted';
      case 'after quote':
        if (quote) return 'quoted';
        return c === this.#delimiter ? 'field start' : 'plain';
      case 'plain':
        return c === this.#delimiter ? 'field start' : 'plain';
      case 'field start':
        if (quote) {
          this.#quoteLine = this.#line;
          return 'quoted';
        }
        return c === this.#delimiter || c.trim() === '' ? 'field start' : 'plain';
    }
  }

  #append(text: string): void {
    this.#text += text;
    if (this.#text.length <= MAX_RECORD_LENGTH) return;
    this.#tooLong = true;
    this.#text = beginning(this.#text, KEPT_OF_TOO_LONG);
  }

  #take(): Frame[] {
    const frame: Frame = {
      line: this.#firstLine,
      lastLine: this.#line,
      quoteLine: this.#quoteLine,
      text: this.#text,
      fault: this.#place === 'quoted' ? 'unclosed_quote' : this.#tooLong ? 'record_too_long' : null,
    };
    this.#text = '';
    this.#tooLong = false;
    this.#place = 'field start';
    return frame.fault === null && frame.text.trim() === '' ? [] : [frame];
  }
}
