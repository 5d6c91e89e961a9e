import { describe, expect, it } from 'vitest';
import { createSessions } from '../../src/serve/sessions.ts';

describe('sessions', () => {
  it('are open for their time, to who has their id', () => {
    let now = 0;
    const sessions = createSessions({ now: () => now, lifetimeMs: 10, most: 5 });
    const id = sessions.begin();
    expect([sessions.isOpen(id), sessions.isOpen(''), sessions.isOpen(`${id}x`)]).toEqual([
      true,
      false,
      false,
    ]);
    now = 9;
    expect(sessions.isOpen(id)).toBe(true);
    now = 10;
    expect(sessions.isOpen(id)).toBe(false);
  });

  it('are so many at most, and the oldest has to go', () => {
    const sessions = createSessions({ now: () => 0, lifetimeMs: 10, most: 2 });
    const [first, second, third] = [sessions.begin(), sessions.begin(), sessions.begin()];
    expect([first, second, third].map(sessions.isOpen)).toEqual([false, true, true]);
    sessions.end(second);
    expect([second, third].map(sessions.isOpen)).toEqual([false, true]);
  });
});
