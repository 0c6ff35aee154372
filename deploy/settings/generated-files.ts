import { chartSettings, withSettings } from './chart-settings.js';
import { withReference } from './settings-reference.js';

/** What is made of the table of settings: each file of the repository from its own text. */
export const generatedFiles: Readonly<Record<string, (text: string) => string>> = {
  'docs/operations.md': withReference,
  'helm/isocenter/files/settings.json': chartSettings,
  'helm/isocenter/values.schema.json': withSettings,
};
