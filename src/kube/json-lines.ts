/** Splits a stream of chunks into JSON values, one a line; keeps what is not yet a whole line. */
export class JsonLines {
  private parts: Buffer[] = [];

  /** The values completed by this chunk. Throws SyntaxError for a line that is not JSON. */
  push(chunk: Buffer): unknown[] {
    const values: unknown[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = this.lineOf(chunk, from, end);
      from = end + 1;
      if (line.trim() !== '') values.push(JSON.parse(line));
    }
    // A copy, as the rest of the chunk is of no more use.
    if (from < chunk.length) this.parts.push(from === 0 ? chunk : Buffer.from(chunk.subarray(from)));
    return values;
  }

  private lineOf(chunk: Buffer, from: number, end: number): string {
    if (this.parts.length === 0) return chunk.toString('utf8', from, end);
    const line = Buffer.concat([...this.parts, chunk.subarray(from, end)]).toString('utf8');
    this.parts = [];
    return line;
  }
}
