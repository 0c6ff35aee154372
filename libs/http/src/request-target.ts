/** Path of a request target (RFC 9112 section 3.2), without the query. */
export function pathOf(url = '/'): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** Query of a request target as the client sent it, without the question mark; '' when there is none. */
export function queryOf(url = '/'): string {
  const query = url.indexOf('?');
  return query < 0 ? '' : url.slice(query + 1);
}
