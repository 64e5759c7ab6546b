/** Leaves the console for an address that the server gave; nothing happens after it. */
export function leaveTo(address: string): Promise<never> {
  location.assign(address);
  return new Promise(() => {});
}
