/**
 * What is read of the answers of S3: flat, made by a machine, without attributes on what is asked for. A parser that
 * guesses types makes the key `1.20` a number.
 */
export const elementsOf = (xml: string, name: string): string[] =>
  Array.from(xml.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g')), ([, content]) => content!);

/** The text of the first such element. */
export const textOf = (xml: string, name: string): string | undefined => {
  const [content] = elementsOf(xml, name);
  return content?.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, unescape);
};

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (whole: string, decimal?: string, hexadecimal?: string, name?: string): string => {
  if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
  if (hexadecimal !== undefined) return String.fromCodePoint(Number.parseInt(hexadecimal, 16));
  return named[name!] ?? whole;
};
