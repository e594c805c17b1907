/** Splits a stream of chunks into JSON values, one a line; keeps what is not yet a whole line. */
export class JsonLines {
  private parts: Buffer[] = [];

  /** The values completed by this chunk. Throws SyntaxError for a line that is not JSON. */
  push(chunk: Buffer): unknown[] {
    const values: unknown[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      this.parts.push(chunk.subarray(from, end));
      const line = Buffer.concat(this.parts).toString('utf8');
      this.parts = [];
      from = end + 1;
      if (line.trim() !== '') values.push(JSON.parse(line));
    }
    if (from < chunk.length) this.parts.push(chunk.subarray(from));
    return values;
  }
}
