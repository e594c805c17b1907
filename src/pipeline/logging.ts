import { block, type Block } from '../alloy/index.ts';

export function logging(): Block {
  return block('logging', { level: 'info', format: 'logfmt' });
}
