import type { DialectPolicy } from '@isocenter/http';
import type { Level, SearchHit } from '@isocenter/metadata-store';
import type { ParsedSearch } from './parse-search.js';
import { AZURE_ALL, azureKeys, pickMembers } from './pick-members.js';

type WriteHit = (hit: SearchHit) => string;

/** Chosen once per request: how a match becomes a DICOM JSON object, joined from stored members, without parsing where that is possible. */
export function hitWriter(parsed: ParsedSearch, policy: DialectPolicy['search'], baseUrl: string): WriteHit {
  const { attributes } = policy;
  return attributes === 'standard' ? standardWriter(parsed.plan.level, baseUrl) : azureWriter(parsed, attributes);
}

const CHARACTER_SET = '"00080005":{"vr":"CS","Value":["ISO_IR 192"]}';
/** SpecificCharacterSet, InstanceAvailability and TimezoneOffsetFromUTC belong to more than one level. */
const SHARED = ['"00080005"', '"00080056"', '"00080201"'];

/** Joins the members of several levels, each attribute once. */
function joinLevels(levels: readonly (string | undefined)[]): string {
  const present = levels.filter((members) => members !== undefined && members !== '') as string[];
  if (present.length < 2) return present.join(',');
  const hasCharacterSet = present.some((members) => members.startsWith(CHARACTER_SET));
  const rest = present.map((members) => (members.startsWith(CHARACTER_SET) ? members.slice(CHARACTER_SET.length + 1) : members)).filter((members) => members !== '');
  const parts = hasCharacterSet ? [CHARACTER_SET, ...rest] : rest;
  return SHARED.some((key) => parts.filter((members) => members.includes(key)).length > 1) ? mergeLevels([...parts, ...(hasCharacterSet ? [CHARACTER_SET] : [])]) : parts.join(',');
}

function mergeLevels(levels: readonly string[]): string {
  const merged = Object.assign({}, ...levels.map((members) => JSON.parse(`{${members}}`) as object)) as object;
  return JSON.stringify(merged).slice(1, -1);
}

function text(vr: string, ...values: readonly string[]): string {
  return `{"vr":"${vr}"${values.length > 0 ? `,"Value":${JSON.stringify(values)}` : ''}}`;
}

function count(vr: string, value: number): string {
  return `{"vr":"${vr}","Value":[${value}]}`;
}

function modalitiesOf(hit: SearchHit): string {
  return text('CS', ...(hit.modalities ?? '').split('\\').filter((modality) => modality !== '').map((modality) => modality.toUpperCase()));
}

/** PS3.18 tables 10.6.3-3 to -5: all that is stored for the level, and what the archive knows. */
function standardWriter(level: Level, baseUrl: string): WriteHit {
  return (hit) => {
    const url = `${baseUrl}/studies/${hit.study}${hit.series === undefined ? '' : `/series/${hit.series}`}${hit.sop === undefined ? '' : `/instances/${hit.sop}`}`;
    const computed = [
      `"00080056":${text('CS', 'ONLINE')}`,
      ...(hit.modalities === undefined ? [] : [`"00080061":${modalitiesOf(hit)}`]),
      `"00081190":${text('UR', url)}`,
      ...(hit.transferSyntax === undefined ? [] : [`"00083002":${text('UI', hit.transferSyntax)}`]),
      ...(hit.seriesCount === undefined ? [] : [`"00201206":${count('IS', hit.seriesCount)}`]),
      ...(hit.studyInstanceCount === undefined ? [] : [`"00201208":${count('IS', hit.studyInstanceCount)}`]),
      ...(hit.seriesInstanceCount === undefined ? [] : [`"00201209":${count('IS', hit.seriesInstanceCount)}`]),
    ].join(',');
    const stored = joinLevels([withoutAvailability(hit.studyAttributes), hit.seriesAttributes, withoutAvailability(hit.instanceAttributes), pathUids(hit, level)]);
    return `{${stored},${computed}}`;
  };
}

/** What the archive says of InstanceAvailability replaces what a file said. */
function withoutAvailability(members: string | undefined): string | undefined {
  if (!members?.includes('"00080056"')) return members;
  const all = JSON.parse(`{${members}}`) as Record<string, unknown>;
  delete all['00080056'];
  return JSON.stringify(all).slice(1, -1);
}

/** UIDs of the levels above whose members the answer does not hold. */
function pathUids(hit: SearchHit, level: Level): string {
  const study = level !== 'study' && hit.studyAttributes === undefined ? `"0020000D":${text('UI', hit.study)}` : '';
  const series = level === 'instance' && hit.seriesAttributes === undefined ? `"0020000E":${text('UI', hit.series!)}` : '';
  return study !== '' && series !== '' ? `${study},${series}` : study + series;
}

/** The conformance page's default attributes, those that were asked for or matched, and the UIDs of the path. */
function azureWriter({ plan, included, includeAll }: ParsedSearch, defaults: 'azure-v1' | 'azure-v2'): WriteHit {
  const pick = (level: Level, azureDefault: string | undefined, attributes: string | undefined): string | undefined => {
    if (attributes === undefined) return undefined;
    if (includeAll) return pickMembers(attributes, AZURE_ALL[level]);
    const keys = azureKeys(level, included, defaults);
    if (azureDefault !== undefined && keys.size === azureKeys(level, new Set(), 'azure-v2').size) return azureDefault;
    return pickMembers(attributes, keys);
  };
  return (hit) => {
    const computed = [
      ...(included.has('00080061') && hit.modalities !== undefined ? [`"00080061":${modalitiesOf(hit)}`] : []),
      ...(included.has('00201208') && plan.level === 'study' ? [`"00201208":${count('IS', hit.studyInstanceCount!)}`] : []),
      ...(included.has('00201209') && plan.level === 'series' ? [`"00201209":${count('IS', hit.seriesInstanceCount!)}`] : []),
    ];
    return `{${joinLevels([
      pick('study', hit.studyAzureDefault, hit.studyAttributes),
      pick('series', hit.seriesAzureDefault, hit.seriesAttributes),
      pick('instance', undefined, hit.instanceAttributes),
      pathUids(hit, plan.level),
      computed.join(','),
    ])}}`;
  };
}
