import { describe, expect, it } from 'vitest';
import { createEnding, RunEnded } from '../../src/sweep/ending.ts';
import { listen } from '../../src/sweep/listen.ts';

function listening(person = { stop: new AbortController(), abort: new AbortController() }) {
  const ending = createEnding();
  const unlisten = listen({ stop: person.stop.signal, abort: person.abort.signal }, ending);
  return { person, ending, unlisten };
}

describe('a person who interrupts a run', () => {
  it.each([
    [143, 143],
    [130, 130],
    ['Control-C', 130],
  ])('with %s stops it with %i, and what is in hand goes on', (reason, code) => {
    const { person, ending } = listening();
    expect(ending.stopped).toBe(false);
    person.stop.abort(reason);
    expect(ending).toMatchObject({
      stopped: true,
      codes: [code],
      sentences: [expect.stringContaining('run again')],
    });
    expect(ending.signal.aborted).toBe(false);
  });

  it('and will not wait ends also the waiting of what is in hand', () => {
    const { person, ending } = listening();
    person.abort.abort();
    expect(ending.signal.reason).toBeInstanceOf(RunEnded);
  });

  it('before it has begun is heard as well', () => {
    const person = { stop: new AbortController(), abort: new AbortController() };
    person.stop.abort(143);
    person.abort.abort();
    const { ending } = listening(person);
    expect(ending.codes).toEqual([143]);
    expect(ending.signal.aborted).toBe(true);
  });

  it('after it has ended is not heard any more', () => {
    const { person, ending, unlisten } = listening();
    unlisten();
    person.stop.abort(130);
    person.abort.abort();
    expect(ending.stopped).toBe(false);
    expect(ending.signal.aborted).toBe(false);
  });
});
