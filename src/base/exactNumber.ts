/** A number that JavaScript cannot hold exactly, with its digits as received. */
export class ExactNumber {
  /** In JSON syntax. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** Whether the number is an integer. */
export function isInteger({ text }: ExactNumber): boolean {
  return /^-?\d+(?:[eE]\+?\d+)?$/.test(text);
}
