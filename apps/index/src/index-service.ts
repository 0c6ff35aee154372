import { CommandSender } from '@isocenter/commands';
import type { ServiceDefinition } from '@isocenter/service-process';
import { IndexingModule, indexingTopics } from './indexing.module.js';

/** Searches need no log: while it is away only deletes are refused. */
export const indexService: ServiceDefinition<'index', 'eventLog' | 'store'> = {
  name: 'index',
  ports: ['eventLog', 'store'],
  neededToServe: ['store'],
  compose: ({ eventLog, store, settings: { deleteGraceMs: graceMs, storeDeadlineMs: deadlineMs }, log }) => {
    const commands = new CommandSender(eventLog, store);
    return { module: IndexingModule.register({ eventLog, store, commands }, { graceMs, deadlineMs, log }), topics: indexingTopics(store), close: () => commands.close() };
  },
};
