import { newSlot, versionOf, type Study } from './archive-model.js';
import type { ChangeSender } from './send-changes.js';

/**
 * An unanswered command may still be on its way through the log. What is stored after it in the same study is decided
 * after it (I3), so once that is answered nothing of the study changes any more. The delete of a whole study goes on in
 * steps of its own: it is repeated until it is answered, as a client would.
 */
export const settle = async (sender: ChangeSender, studies: readonly Study[]): Promise<void> => {
  for (const study of studies) {
    while (study.unsureDelete) await sender.removeTogether(study, study.unsureDelete);
    if (!study.slots.some(({ unsure }) => unsure)) continue;
    const marker = newSlot(study.uid, `marker-${study.slots.length}`);
    study.slots.push(marker);
    while (!marker.current) await sender.store('POST', [{ slot: marker, version: versionOf(marker.identity, 16) }]);
  }
};
