export { isLoopback } from './loopback.js';
export { printSettings, redactSettings } from './print-settings.js';
export { readSettings } from './read-settings.js';
export { SettingsError } from './settings-error.js';
export { type App, apps, type LogLevel, type Setting, type SettingKey, type Settings, settingsOf, settingsTable } from './settings-table.js';
export { type BucketPlace, type FolderPlace, type StoragePlace } from './storage-places.js';
