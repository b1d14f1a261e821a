/** Words, numbers and marks of the small languages in which tables write types and constants. */

export class Scanner {
  readonly text: string;
  #at = 0;
  constructor(text: string) {
    this.text = text;
  }

  /** The next token: a word (letters, digits), a number (with sign), or one mark; "" at the end. */
  peek(): string {
    return this.#match()[0];
  }

  next(): string {
    const [token, end] = this.#match();
    this.#at = end;
    return token;
  }

  /** Takes `token` if it is next. */
  take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.next();
    return true;
  }

  expect(token: string): void {
    const got = this.next();
    if (got !== token) throw this.wrong(`"${token}"`, got);
  }

  word(): string {
    const got = this.next();
    if (!/^\w+$/.test(got)) throw this.wrong("a word", got);
    return got;
  }

  number(): number {
    const got = this.next();
    if (!/^-?\d+$/.test(got)) throw this.wrong("a number", got);
    return Number(got);
  }

  end(): void {
    if (this.peek() !== "") throw this.wrong("the end", this.peek());
  }

  wrong(expected: string, got: string): Error {
    return new Error(`"${this.text}", at ${this.#at}: expected ${expected}, got "${got}"`);
  }

  #match(): [string, number] {
    const rest = this.text.slice(this.#at);
    const space = /^\s*/.exec(rest)![0].length;
    const token = /^(?:\.\.|\w+|-\d+|[^\s])/.exec(rest.slice(space))?.[0] ?? "";
    return [token, this.#at + space + token.length];
  }
}
