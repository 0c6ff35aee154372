import { keywordOfTag, levelAttributes, levels, type QueryLevel } from '@isocenter/dicom';
import { type DialectPolicy } from '../../dialect/dialect-policy.js';
import { dicomJson, empty } from '../answers.js';
import { flag, limit, offset, query } from '../parameters.js';
import { type Answer, type Describe, type Descriptions, type Parameter, type Schema } from '../route-description.js';

const oneUid = '[0-9A-Za-z.-]{1,64}';
const uidList = `${oneUid}([,\\\\]${oneUid})*`;

/** Where matching is the standard's, nothing and `*` match everything, and every UID may be a list (PS3.4 section C.2.2.2). */
function schemaOf(keyword: string, { standardMatching }: DialectPolicy['search']): Schema {
  if (!keyword.endsWith('UID')) return { type: 'string', ...(!standardMatching && { minLength: 1 }) };
  return { type: 'string', pattern: standardMatching ? `^(\\*?|${uidList})$` : `^${keyword === 'StudyInstanceUID' ? uidList : oneUid}$` };
}

/** Attributes of the levels from study to that of the answer, without those of what the path names. */
function attributes(level: QueryLevel, named: readonly QueryLevel[], policy: DialectPolicy['search']): Parameter[] {
  const here = levels.slice(0, levels.indexOf(level) + 1).filter((one) => !named.includes(one));
  const keywords = levelAttributes.filter((one) => one.searchable === 'everywhere' && here.includes(one.level)).map(({ tag }) => keywordOfTag(tag)!);
  return [...keywords, ...(here.includes('study') ? ['ModalitiesInStudy'] : [])].map((keyword) => query(keyword, schemaOf(keyword, policy), describe(keyword)));
}

function describe(keyword: string): string {
  if (/Date$/.test(keyword)) return 'YYYYMMDD, or a range YYYYMMDD-YYYYMMDD, of which one end may be left out.';
  if (keyword === 'StudyInstanceUID') return 'One, or several with `,` or `\\` between them.';
  return 'Matches in any letter case. The name may also be the tag, eight hexadecimal digits.';
}

const found: Readonly<Record<number, Answer>> = { 200: dicomJson('What matches.', 'Datasets') };
const foundOrEmpty: Readonly<Record<number, Answer>> = { ...found, 204: empty('Nothing matches, or nothing is left behind the offset.') };

const search = (id: string, summary: string, level: QueryLevel, named: readonly QueryLevel[] = []): Describe => ({ search: policy }: DialectPolicy) => ({
  id, group: 'Search', summary,
  description: `PS3.18 section 10.6. Newest first. Names of parameters match in any letter case.${policy.standardMatching ? ' Values may have wildcards; attributes that cannot be searched are passed over with a Warning.' : ' Other attributes can be searched by extended query tags.'}`,
  parameters: [
    ...attributes(level, named, policy),
    limit(policy.limit), offset('Results that are skipped.'),
    flag('fuzzymatching', false, 'Names match by the beginning of their words.'),
    query('includefield', { type: 'string' }, 'Attributes that are returned beside the default ones: keywords or tags, a comma between them, or `all`. May be repeated.'),
  ],
  answers: policy.emptyAnswer === 204 ? foundOrEmpty : found,
  errors: [406],
});

export const searchDescriptions: Descriptions = {
  'GET /studies': search('searchStudies', 'Search for studies', 'study'),
  'GET /series': search('searchSeries', 'Search for series of all studies', 'series'),
  'GET /instances': search('searchInstances', 'Search for instances of all studies', 'instance'),
  'GET /studies/:study/series': search('searchSeriesOfStudy', 'Search for series of a study', 'series', ['study']),
  'GET /studies/:study/instances': search('searchInstancesOfStudy', 'Search for instances of a study', 'instance', ['study']),
  'GET /studies/:study/series/:series/instances': search('searchInstancesOfSeries', 'Search for instances of a series', 'instance', ['study', 'series']),
};
