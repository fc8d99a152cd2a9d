/**
 * Counts how often something looks at a character or a token. Whoever reads a body counts here, so that tests see what
 * a hostile one costs.
 */
export class Steps {
  count = 0;

  take(n = 1): void {
    this.count += n;
  }
}
