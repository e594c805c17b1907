import { watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseAgentConfig, type AgentConfig, type Problem } from '../../api/agent-config/index.ts';

export interface ConfigEvents {
  readonly onConfig: (config: AgentConfig) => void;
  /** An empty list takes back earlier problems. The last good configuration stays in force. */
  readonly onProblems: (problems: readonly Problem[]) => void;
}

/**
 * Follows a configuration file. The directory is watched, not the file: a ConfigMap changes by swapping a symbolic link
 * beside it, an editor by renaming. Content is compared, so one swap is one change. A slow poll stands in for
 * file systems that send no events.
 */
export class ConfigWatch {
  readonly #path: string;
  readonly #events: ConfigEvents;
  readonly #watcher: FSWatcher;
  readonly #poll: NodeJS.Timeout;
  /** Undefined after it could not be read. */
  #text: string | undefined;
  #reading: Promise<void> | undefined;
  #again = false;

  constructor(path: string, loaded: string, events: ConfigEvents) {
    this.#path = path;
    this.#events = events;
    this.#text = loaded;
    this.#watcher = watch(dirname(path), { persistent: false }, () => this.#read());
    this.#watcher.on('error', () => undefined);
    this.#poll = setInterval(() => this.#read(), 5_000);
    this.#poll.unref();
    this.#read();
  }

  async stop(): Promise<void> {
    this.#watcher.close();
    clearInterval(this.#poll);
    await this.#reading;
  }

  #read(): void {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = this.#compare().finally(() => {
      this.#reading = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.#read();
    });
  }

  async #compare(): Promise<void> {
    const text = await readFile(this.#path, 'utf8').catch((error: Error) => error);
    if (text instanceof Error) {
      this.#text = undefined;
      this.#events.onProblems([{ path: this.#path, reason: text.message, fix: 'make the file readable' }]);
      return;
    }
    if (text === this.#text) return;
    this.#text = text;
    const parsed = parseAgentConfig(text);
    this.#events.onProblems(parsed.ok ? [] : parsed.problems);
    if (parsed.ok) this.#events.onConfig(parsed.value);
  }
}
