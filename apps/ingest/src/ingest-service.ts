import { CommandSender, outcomesTopic } from '@isocenter/commands';
import { closeDescribeWorker } from '@isocenter/dicom';
import type { ServiceDefinition } from '@isocenter/service-process';
import { IngestingModule } from './ingesting.module.js';

/** Without the object store it still answers, in the words of the dialect; without the others nothing can be decided. */
export const ingestService: ServiceDefinition<'ingest', 'eventLog' | 'store' | 'objects'> = {
  name: 'ingest',
  ports: ['eventLog', 'store', 'objects'],
  neededToServe: ['eventLog', 'store'],
  compose: ({ eventLog, store, objects, settings, budget, log }) => {
    const commands = new CommandSender(eventLog, store);
    const { maxConcurrentUploads, maxParts, maxUploadBytes, maxHeaderBytes, storeDeadlineMs: deadlineMs, deleteGraceMs: graceMs, importSources } = settings;
    return {
      module: IngestingModule.register({ eventLog, store, objects, commands }, { maxConcurrentUploads, maxParts, maxUploadBytes, maxHeaderBytes, budget, graceMs, deadlineMs, importSources, log }),
      topics: [outcomesTopic('ingest')],
      jsonLimitBytes: 0,
      close: async () => {
        commands.close();
        await closeDescribeWorker();
      },
    };
  },
};
