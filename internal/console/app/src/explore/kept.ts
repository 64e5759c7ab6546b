// What the browser keeps for a person: how tables are shown, and the statements that were run. No items, no secrets.

export function kept<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(`stator.explore.${name}`);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise; // somebody else's text, or storage is forbidden
  }
}

export function keep(name: string, value: unknown) {
  try {
    localStorage.setItem(`stator.explore.${name}`, JSON.stringify(value));
  } catch {
    // then it lasts as long as the page
  }
}
