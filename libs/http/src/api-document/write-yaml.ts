/** Words that a YAML 1.1 reader takes for something else than a string. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|~)$/i;
const plainKey = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

/** Writes a JSON value as YAML in block style. Strings are those of JSON, which every YAML reader takes as they are. */
export function writeYaml(value: unknown): string {
  return `${writeBlock(value, '').replace(/^\n/, '')}\n`;
}

/** What stands behind a key or a dash, whose line is indented by `indent`. */
function writeBlock(value: unknown, indent: string): string {
  if (Array.isArray(value) && value.length > 0) return value.map((item) => `\n${indent}- ${writeBlock(item, `${indent}  `).trimStart()}`).join('');
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).filter(([, member]) => member !== undefined)
      .map(([key, member]) => `\n${indent}${writeKey(key)}:${isBlock(member) ? writeBlock(member, `${indent}  `) : ` ${JSON.stringify(member)}`}`).join('');
  }
  return JSON.stringify(value);
}

function writeKey(key: string): string {
  return plainKey.test(key) && !reserved.test(key) ? key : JSON.stringify(key);
}

function isBlock(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
