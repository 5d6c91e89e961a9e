/**
 * A port of the record with the same methods. When one of them throws, `onFailure` hears of it in the same moment:
 * before the error has made its way to whoever ends the run, others in hand could still send their close.
 */
export function failFast<T extends object>(port: T, onFailure: () => void): T {
  const methods = Object.entries(port).map(([name, method]: [string, (...args: unknown[]) => unknown]) => {
    const watched = (...args: unknown[]) => {
      try {
        return method(...args);
      } catch (error) {
        onFailure();
        throw error;
      }
    };
    return [name, watched];
  });
  return Object.fromEntries(methods);
}
