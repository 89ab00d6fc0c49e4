/**
 * User settings of every VS Code that tests, benchmark, soak, screenshots and demo start: it does nothing by itself, and does
 * not show other programs of the machine.
 */
export const quietSettings: Readonly<Record<string, unknown>> = {
  // Ports that other programs open: with `output`, processes are not looked through either.
  'remote.autoForwardPorts': false,
  'remote.autoForwardPortsSource': 'output',
  'remote.restoreForwardedPorts': false,
  'remote.forwardOnOpen': false,
  'workbench.remoteIndicator.showExtensionRecommendations': false,
  // Folders that are open or lie above: repositories, scripts, tasks.
  'git.enabled': false,
  'git.autoRepositoryDetection': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.autoDetect': 'off',
  'npm.fetchOnlinePackageInfo': false,
  'grunt.autoDetect': 'off',
  'gulp.autoDetect': 'off',
  'jake.autoDetect': 'off',
  'typescript.tsc.autoDetect': 'off',
  'task.autoDetect': 'off',
  'task.allowAutomaticTasks': 'off',
  'debug.javascript.autoAttachFilter': 'disabled',
  // Servers of others.
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'telemetry.telemetryLevel': 'off',
  'telemetry.feedback.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.settings.enableNaturalLanguageSearch': false,
  'json.schemaDownload.enable': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  // Greetings and hints.
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
};
