/** Where the client reports. Only templates, codes and numbers are passed: never a body, a query or a header. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
