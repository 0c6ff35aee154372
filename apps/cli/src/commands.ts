import { type Command } from './command.js';
import { checkCommand } from './check/check.command.js';
import { importCommand } from './import/import.command.js';
import { rebuildIndexCommand } from './rebuild-index/rebuild-index.command.js';
import { uploadCommand } from './upload/upload.command.js';

/** All commands by their names. */
export const commands: ReadonlyMap<string, Command> = new Map([['upload', uploadCommand], ['import', importCommand], ['check', checkCommand], ['rebuild-index', rebuildIndexCommand]]);
