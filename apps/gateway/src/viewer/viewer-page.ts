/**
 * `index.html` of the build for a page that lies `depth` folders below /viewer/: addresses relative to it, and nothing inline, since
 * what the inline scripts do is done by `viewerConfig`.
 */
export function viewerPage(built: string, depth: number): string {
  const up = '../'.repeat(depth) || './';
  return built.replaceAll(/<script>[^]*?<\/script>/g, '').replaceAll(/(\b(?:href|src|content)=")\/(?!\/)/g, `$1${up}`);
}

/**
 * `app-config.js`: one source, the DICOMweb root beside the viewer. Where that is, and the viewer itself, the script knows by its own address.
 */
export const viewerConfig = `const viewer = document.currentScript.src.replace(/[^/]*$/, '');
const root = new URL('../dicom-web', viewer).href;
window.PUBLIC_URL = new URL(viewer).pathname;
window.browserImportFunction = (module) => import(module.startsWith('/') ? viewer + module.slice(1) : module);
window.config = ${JSON.stringify({
  name: 'isocenter',
  extensions: [],
  modes: [],
  showStudyList: true,
  showErrorDetails: 'always',
  showWarningMessageForCrossOrigin: false,
  showCPUFallbackMessage: true,
  showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true,
  maxNumberOfWebWorkers: 3,
  maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 },
  investigationalUseDialog: { option: 'configure', days: 365 },
  defaultDataSourceName: 'isocenter',
}, undefined, 2)};
window.config.routerBasename = window.PUBLIC_URL;
window.config.dataSources = [{
  namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
  sourceName: 'isocenter',
  configuration: {
    friendlyName: 'isocenter',
    name: 'isocenter',
    qidoRoot: root,
    wadoRoot: root,
    wadoUriRoot: root + '/wado',
    qidoSupportsIncludeField: true,
    supportsFuzzyMatching: true,
    supportsWildcard: true,
    supportsReject: false,
    imageRendering: 'wadors',
    thumbnailRendering: 'wadors',
    enableStudyLazyLoad: true,
    staticWado: false,
    singlepart: 'bulkdata,video',
    bulkDataURI: { enabled: true },
  },
}];
`;

/**
 * What the page may do: only with this server. Codecs are made of text (`new Function`) and WASM, run in workers, and styles are set
 * as attributes. The isolation gives it memory that workers share.
 */
export const pageHeaders = {
  'content-security-policy': [
    "default-src 'none'", "script-src 'self' blob: 'unsafe-eval' 'wasm-unsafe-eval'", "worker-src 'self' blob:", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:",
    "font-src 'self' data:", "media-src 'self' blob:", "connect-src 'self' data: blob:", "object-src 'self' blob:", "frame-src 'self' blob:", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
} as const;

/** Of every answer: a worker is isolated only if its script says so too. */
export const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } as const;
