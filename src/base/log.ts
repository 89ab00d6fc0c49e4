/** The log. Pass templates, codes and numbers only: never a body, a query or a header. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
}
