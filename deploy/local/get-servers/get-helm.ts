import { buildGoProgram } from './build-go-program.js';

/** Path of Helm (Go, built here); the stack does not need it, the checks of the chart do. */
export const getHelm = (): Promise<string> => buildGoProgram({
  title: 'Helm 3.21.4', name: 'helm-3.21.4', binary: 'helm', main: './cmd/helm',
  module: 'helm.sh/helm/v3', version: 'v3.21.4', sum: 'h1:T/GcIEXU/gNjJnkITlIZ3e9xqkZjhFTmISuStTZ6+Qg=',
});
