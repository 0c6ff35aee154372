/** Query parameters by lower-case name: names match in any letter case. */
export function feedParameters(query: string): ReadonlyMap<string, string> {
  return new Map([...new URLSearchParams(query)].map(([name, value]) => [name.toLowerCase(), value]));
}
