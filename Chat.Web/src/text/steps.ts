/**
 * Counts how often something looks at a character or a token. All code that reads a body counts here, so that tests see
 * the cost of a hostile body.
 */
export class Steps {
  count = 0;

  take(n = 1): void {
    this.count += n;
  }
}
