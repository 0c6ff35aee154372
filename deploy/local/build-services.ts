import { runStep } from './get-servers/run-step.js';
import { distributedApps, workspace } from './workspace.js';

/** Builds every app of the distributed profile; seconds when little has changed. */
export async function buildServices(): Promise<void> {
  const remedy = 'Mend what the compiler says, or start the servers alone: npm run stack -- --servers-only';
  await runStep({ name: 'Services: make the dictionary', command: process.execPath, args: ['libs/dicom/dictionary/generate.mjs'], cwd: workspace, remedy });
  const projects = distributedApps().map((app) => `apps/${app}/tsconfig.lib.json`);
  await runStep({ name: 'Services: build', command: process.execPath, args: ['node_modules/typescript7/bin/tsc', '-b', ...projects], cwd: workspace, remedy });
}
