import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** The arrows of DESIGN §10: a project may import what stands behind its own tag, and nothing else. */
const depConstraints = [
  { sourceTag: 'scope:dicom', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:imaging', onlyDependOnLibsWithTags: ['scope:dicom'] },
  { sourceTag: 'scope:background', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:memory', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:config', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:telemetry', onlyDependOnLibsWithTags: ['scope:config'] },
  { sourceTag: 'scope:standalone-file', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:port', onlyDependOnLibsWithTags: ['scope:dicom', 'scope:config', 'scope:memory', 'scope:telemetry', 'scope:standalone-file'] },
  { sourceTag: 'scope:commands', onlyDependOnLibsWithTags: ['scope:telemetry', 'scope:event-log', 'scope:metadata-store', 'scope:testing'] },
  { sourceTag: 'scope:result-cache', onlyDependOnLibsWithTags: ['scope:background', 'scope:telemetry', 'scope:metadata-store', 'scope:testing'] },
  { sourceTag: 'scope:operations', onlyDependOnLibsWithTags: ['scope:background', 'scope:telemetry', 'scope:metadata-store', 'scope:testing'] },
  { sourceTag: 'scope:journal', onlyDependOnLibsWithTags: ['scope:metadata-store', 'scope:object-store', 'scope:testing'] },
  { sourceTag: 'scope:auth', onlyDependOnLibsWithTags: ['scope:dicom', 'scope:config', 'scope:telemetry', 'scope:http'] },
  { sourceTag: 'scope:testing', onlyDependOnLibsWithTags: ['scope:dicom', 'scope:config', 'scope:event-log', 'scope:metadata-store', 'scope:standalone-file'] },
  { sourceTag: 'scope:service-process', onlyDependOnLibsWithTags: ['type:port', 'scope:config', 'scope:imaging', 'scope:result-cache', 'scope:telemetry', 'scope:testing'] },
  { sourceTag: 'scope:stored-instances', onlyDependOnLibsWithTags: ['type:port', 'scope:dicom', 'scope:imaging'] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:pure', 'type:port', 'scope:auth', 'scope:commands', 'scope:journal', 'scope:operations', 'scope:result-cache', 'scope:config', 'scope:service-process', 'scope:stored-instances', 'scope:telemetry', 'scope:testing'] },
  { sourceTag: 'type:composition', onlyDependOnLibsWithTags: ['type:app', 'type:pure', 'type:port', 'scope:auth', 'scope:commands', 'scope:journal', 'scope:operations', 'scope:config', 'scope:service-process', 'scope:telemetry', 'scope:standalone-file'] },
  { sourceTag: 'scope:deploy', onlyDependOnLibsWithTags: ['scope:config'] },
  { sourceTag: 'scope:e2e', onlyDependOnLibsWithTags: ['scope:testing', 'scope:dicom', 'scope:http', 'scope:telemetry', 'type:port', 'scope:standalone-file', 'scope:deploy'] },
];

/** Packages that may be imported in one library only. */
const ownedBy = (owner, packages) => ({
  files: ['**/*.ts'],
  ignores: [`${owner}/**`, `**/${owner}/**`],
  packages,
});
const owners = [
  ownedBy('libs/event-log', ['kafkajs']),
  ownedBy('libs/metadata-store', ['mongoose']),
  ownedBy('libs/standalone-file', ['node:sqlite']),
  ownedBy('libs/object-store', ['minio']),
  ownedBy('libs/imaging', ['sharp', 'dcmjs-codecs', '@cornerstonejs/codec-openjpeg/wasmjs', '@cornerstonejs/codec-openjph/wasmjs', '@cornerstonejs/codec-charls/wasmjs']),
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/out-tsc/**', '**/coverage/**', '**/*.generated.ts', '**/node_modules/**'] },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommended],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Their adapters to servers are loaded by the processes that have those servers.
      '@nx/enforce-module-boundaries': ['error', { depConstraints, allow: [], enforceBuildableLibDependency: false, checkDynamicDependenciesExceptions: ['@isocenter/(event-log|metadata-store|object-store)'] }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-imports': ['error', { paths: owners.flatMap(({ packages }) => packages.map((name) => ({ name, message: 'This package belongs to one library; see eslint.config.js.' }))) }],
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  ...owners.map(({ ignores, packages }) => ({
    files: ignores,
    rules: { 'no-restricted-imports': ['error', { paths: owners.flatMap((o) => o.packages).filter((name) => !packages.includes(name)).map((name) => ({ name, message: 'This package belongs to one library; see eslint.config.js.' })) }] },
  })),
  {
    files: ['**/*.ts'],
    ignores: ['**/*.{spec,int-spec,e2e-spec,standalone-spec,contract}.ts', '**/test/**', 'e2e/**', '**/e2e/**'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: [{ name: '@isocenter/testing', message: 'Only tests use the testing library.' }] }] },
  },
  // Nest resolves injected classes at run time: a type-only import would erase them.
  { files: ['apps/**/*.ts', 'libs/stored-instances/**/*.ts', '**/stored-instances/src/**/*.ts'], rules: { '@typescript-eslint/consistent-type-imports': 'off' } },
);
