/**
 * The same function, which does nothing while its promise is under way: a second click that comes before the page has shown the
 * first. What waits for such a call waits for ever, so that what follows a change follows it once.
 */
export function once<Args extends unknown[], T>(
  state: { busy: boolean },
  run: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  return (...args) => {
    if (state.busy) return new Promise(() => {});
    state.busy = true;
    return run(...args).finally(() => (state.busy = false));
  };
}
