/** JSON text written as SQL: literal texts and expressions joined with `||`, neighbouring texts made one literal. */
import { literal } from './values.ts';

/** A list of texts and expressions that are joined with `||`. */
export class Concatenation {
  readonly #parts: string[] = [];
  #text = '';

  text(text: string): this {
    this.#text += text;
    return this;
  }

  expression(sql: string): this {
    this.#flush();
    this.#parts.push(sql);
    return this;
  }

  sql(): string {
    this.#flush();
    return this.#parts.join(' || ');
  }

  #flush(): void {
    if (this.#text !== '') this.#parts.push(literal(this.#text));
    this.#text = '';
  }
}
