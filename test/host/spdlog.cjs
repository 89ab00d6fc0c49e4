// Stands in for VS Code's native log writer, which would have to be built. Lines are written as they come.
const { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } = require('node:fs');
const { dirname, parse, join } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
const loggers = new Set();

class Logger {
  #path;
  #file;
  #size;
  #most;
  #kept;
  #level = 2;
  #pattern = '%Y-%m-%d %H:%M:%S.%e [%l] %v\n';

  constructor(_type, _name, path, most, kept) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#most = most;
    this.#kept = kept;
    this.#open();
    loggers.add(this);
  }

  trace(message) {
    this.#write(0, message);
  }

  debug(message) {
    this.#write(1, message);
  }

  info(message) {
    this.#write(2, message);
  }

  warn(message) {
    this.#write(3, message);
  }

  error(message) {
    this.#write(4, message);
  }

  critical(message) {
    this.#write(5, message);
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  setPattern(pattern) {
    this.#pattern = `${pattern}\n`;
  }

  /** The messages contain their line breaks then. */
  clearFormatters() {
    this.#pattern = '%v';
  }

  flush() {}

  drop() {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    loggers.delete(this);
  }

  #open() {
    this.#file = openSync(this.#path, 'a');
    this.#size = statSync(this.#path).size;
  }

  #write(level, message) {
    if (level < this.#level || this.#file === undefined) return;
    try {
      const line = Buffer.from(this.#format(level, String(message)));
      if (this.#most > 0 && this.#size > 0 && this.#size + line.length > this.#most) this.#rotate();
      writeSync(this.#file, line);
      this.#size += line.length;
    } catch {
      // The folder may be gone already. A log that cannot be written must end nothing.
    }
  }

  #format(level, message) {
    const now = new Date();
    const digits = (number, count = 2) => String(number).padStart(count, '0');
    const values = {
      '%Y': () => String(now.getFullYear()),
      '%m': () => digits(now.getMonth() + 1),
      '%d': () => digits(now.getDate()),
      '%H': () => digits(now.getHours()),
      '%M': () => digits(now.getMinutes()),
      '%S': () => digits(now.getSeconds()),
      '%e': () => digits(now.getMilliseconds(), 3),
      '%l': () => levels[level],
      '%v': () => message,
    };
    return this.#pattern.replace(/%[YmdHMSelv]/g, (field) => values[field]());
  }

  #rotate() {
    const { dir, name, ext } = parse(this.#path);
    const old = (at) => (at === 0 ? this.#path : join(dir, `${name}.${at}${ext}`));
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(old(this.#kept - 1), { force: true });
    for (let at = this.#kept - 2; at >= 0; at--) if (existsSync(old(at))) renameSync(old(at), old(at + 1));
    this.#open();
  }
}

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = (level) => {
  for (const logger of loggers) logger.setLevel(level);
};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (...of) => new Logger('rotating', ...of);
exports.createAsyncRotatingLogger = async (...of) => new Logger('rotating_async', ...of);
