import { mongo } from 'mongoose';

/** A text as part of a regular expression that matches only it. */
export function escapeExpression(text: string): string {
  return text.replaceAll(/[\\^$.[\]|()?*+{}]/g, '\\$&');
}

/**
 * A pattern of `*` and `?` (PS3.4 C.2.2.2.4) as an expression of the server's (PCRE). What stands before the first wildcard
 * bounds the search in an index. A piece between two `*` is taken where it comes first, and never elsewhere (`(?>…)`):
 * that finds the same, and cannot take exponential time. A name's pattern is for its first group or for all of it.
 */
export function wildcardExpression(pattern: string, isName: boolean): mongo.BSONRegExp | { $gte: string } {
  const pieces = pattern.split(/\*+/).map((piece) => escapeExpression(piece).replaceAll('\\?', '.'));
  // Every text, but not null.
  if (pieces.every((piece) => piece === '') && pieces.length > 1) return { $gte: '' };
  const [first, ...others] = pieces;
  const last = others.pop();
  const middle = others.map((piece) => `(?>.*?${piece})`).join('');
  const end = isName ? '(?:=.*)?\\z' : '\\z';
  if (last === undefined) return expression(`^${first!}${end}`);
  const rest = `${middle}${last === '' ? '' : `.*${last}${end}`}`;
  if (first === '' && others.length === 1 && last === '') return expression(others[0]!);
  return expression(`^${first!}${rest}`);
}

function expression(source: string): mongo.BSONRegExp {
  return new mongo.BSONRegExp(source, 's');
}
