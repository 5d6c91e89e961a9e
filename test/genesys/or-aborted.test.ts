import { describe, expect, it } from 'vitest';
import { orAborted } from '../../src/genesys/or-aborted.ts';

const reason = new Error('deadline');
const pending = () => new Promise<string>(() => {});

describe('a promise or an abort', () => {
  it('is the promise while nobody aborts', async () => {
    const { signal } = new AbortController();
    expect(await orAborted(Promise.resolve('there'), signal)).toBe('there');
    await expect(orAborted(Promise.reject(reason), signal)).rejects.toBe(reason);
  });

  it('rejects with the reason as soon as somebody does', async () => {
    const abort = new AbortController();
    const waiting = orAborted(pending(), abort.signal);
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('rejects at once when somebody did before, and a later failure of the promise is nobody’s', async () => {
    await expect(orAborted(pending(), AbortSignal.abort(reason))).rejects.toBe(reason);
    const failing = Promise.reject(new Error('too late to matter'));
    await expect(orAborted(failing, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
