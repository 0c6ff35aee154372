const CELLS = 24;

/** `[██████░░░░]` of 0 to 100. */
export function drawBar(percent: number): string {
  const full = Math.floor((Math.max(0, Math.min(100, percent)) / 100) * CELLS);
  return `[${'█'.repeat(full)}${'░'.repeat(CELLS - full)}]`;
}

/** What fits into one line of a terminal. */
export const cutLine = (text: string, columns: number | undefined): string => (columns !== undefined && text.length >= columns ? text.slice(0, columns - 1) : text);
