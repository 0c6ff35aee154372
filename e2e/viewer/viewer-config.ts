/** `app-config.js` of OHIF with one DICOMweb source: what a site writes that points the viewer at this archive. */
export const viewerConfig = (root: string): string => `window.config = ${JSON.stringify({
  name: 'isocenter e2e',
  routerBasename: '/',
  extensions: [],
  modes: [],
  showStudyList: true,
  maxNumberOfWebWorkers: 2,
  showWarningMessageForCrossOrigin: false,
  showCPUFallbackMessage: false,
  showLoadingIndicator: true,
  strictZSpacingForVolumeViewport: true,
  investigationalUseDialog: { option: 'never' },
  defaultDataSourceName: 'archive',
  dataSources: [{
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
    sourceName: 'archive',
    configuration: {
      friendlyName: 'archive', name: 'archive', qidoRoot: root, wadoRoot: root, wadoUriRoot: root,
      qidoSupportsIncludeField: true, supportsFuzzyMatching: true, supportsWildcard: true, supportsReject: false,
      imageRendering: 'wadors', thumbnailRendering: 'wadors', enableStudyLazyLoad: true, staticWado: false, singlepart: 'bulkdata,video',
      bulkDataURI: { enabled: true },
    },
  }],
})};`;
