import type { CheckStudy, Decision } from '@isocenter/commands';
import { OperationFailedError, unlessAborted } from '@isocenter/operations';
import type { CheckContext } from './check-archive.js';
import { finding, placeOf, type Finding } from './finding.js';
import type { InstancePage } from './list-instance-pages.js';
import type { InstanceRow } from '@isocenter/metadata-store';

/** A study that the index is to check, with those of its instances that no change tells of. */
export interface StudyToCheck {
  readonly page: InstancePage;
  readonly withoutChange: readonly InstanceRow[];
}

/** The one writer of metadata compares study and series with their instances, each study in the order of its commands. Rejects with the signal's reason. */
export async function checkStudies(studies: readonly StudyToCheck[], context: CheckContext): Promise<Finding[]> {
  if (studies.length === 0) return [];
  const { ports: { commands }, signal } = context;
  const decisions = await unlessAborted(commands.askAll(studies.map((one) => ({ command: commandOf(one, context), body: undefined }))), signal);
  if (!decisions) throw signal.reason as Error;
  return decisions.flatMap((decision, at) => findingsOf(studies[at]!, decision));
}

function commandOf({ page: { partition, study, next }, withoutChange }: StudyToCheck, { operation, request: { repair } }: CheckContext): CheckStudy {
  return {
    // A page has one of its own: its instances may lack changes.
    type: 'check-study', id: `${operation}/${partition.key}/${study}/${next.afterInstance}`, partition: partition.name, study, mend: repair,
    ...(repair && withoutChange.length > 0 && { withoutChange: withoutChange.map(({ series, sop, version }) => ({ series, sop, version })) }),
  };
}

function findingsOf({ page: { partition, study }, withoutChange }: StudyToCheck, decision: Decision): Finding[] {
  const mended = decision.kind === 'study-checked' && decision.mended;
  const changes = withoutChange.map((row) => finding('change-missing', placeOf(partition.name, row), 'No change in the feed tells of this version.', mended));
  if (decision.kind === 'not-found') return changes;
  if (decision.kind !== 'study-checked') throw new OperationFailedError(`Study ${study} could not be checked: its command was decided as '${decision.kind}'.`);
  return [...changes, ...decision.differences.map(({ series, what }) => finding('level-different', { partition: partition.name, studyInstanceUid: study, ...(series !== '' && { seriesInstanceUid: series }) }, what, mended))];
}
