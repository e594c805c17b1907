// The agent's command as a program of its own: what the bundle of the image runs for it, and nothing else.
import { agentCommand } from '../../cli/agent.ts';

await agentCommand().parseAsync(process.argv.slice(2), { from: 'user' });
