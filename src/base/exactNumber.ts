/** A number of an answer that JavaScript's own numbers cannot hold, with the digits that were sent. */
export class ExactNumber {
  /** As JSON writes it. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** Whether it is a whole number. */
export function isWhole({ text }: ExactNumber): boolean {
  return /^-?\d+(?:[eE]\+?\d+)?$/.test(text);
}
