/** One line of a difference: taken away, added, or the same on both sides. */
export interface DiffLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/** The shortest way from one list of lines to another, by their longest common subsequence. */
export function lineDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  // length[i][j]: of the longest common subsequence of before[i…] and after[j…]
  const length = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      length[i]![j] =
        before[i] === after[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i]! });
      i += 1;
      j += 1;
    } else if (i < before.length && (j === after.length || length[i + 1]![j]! >= length[i]![j + 1]!)) {
      lines.push({ sign: '-', text: before[i++]! });
    } else {
      lines.push({ sign: '+', text: after[j++]! });
    }
  }
  return lines;
}

/** A difference with a few lines around each change, `…` where lines are left out; empty if nothing differs. */
export function unified(lines: readonly DiffLine[], around = 3): string {
  const near = (index: number) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some((line) => line.sign !== ' ');
  let text = '';
  let gap = false;
  for (const [index, line] of lines.entries()) {
    if (near(index)) {
      text += `${gap && text !== '' ? '  …\n' : ''}${line.sign}${line.text}\n`;
      gap = false;
    } else gap = true;
  }
  return text;
}
