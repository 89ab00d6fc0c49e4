/** Tells what a test printed from what the workbench says about itself, which arrives by the same way. */

const noise = [
  // Connection and start-up.
  /^(Resolving|Resolved) connection token/,
  /^Creating a socket/,
  /^\[reconnection-grace-time\]/,
  /^Updating additional builtin extensions cache/,
  /^\[(AgentHost|AccountPolicyGate)/,
  /^\[Service Worker\] registration/,
  /^Creation of workbench contribution/,
  /^Started (local|remote) extension host/,
  // Native modules that are left unbuilt on purpose.
  /Could not locate the bindings file[^]*spdlog/,
  /Cannot find module '\.\/build\/Release\/watchdog'/,
  // Services that a test has no business with and that need not be reachable.
  /getaddrinfo \w+ (open-vsx\.org|[\w.-]*(visualstudio|vscode|github|microsoft)[\w.-]*)/,
  /^Failed to fetch\b/,
  /^Ignoring fetching additional builtin extensions/,
  /^ChatSessionStore:/,
];

/** Whether a line is one of the workbench's own. Unknown lines are shown. */
export function isNoise(line: string): boolean {
  return noise.some((pattern) => pattern.test(line));
}
