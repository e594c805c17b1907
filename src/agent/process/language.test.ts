import { expect, test } from '@jest/globals';
import { languageOf, programName } from './language.ts';

test.each([
  ['/usr/bin/node', ['node', '-r', 'x', '/app/server.mjs', 'a.js'], 'nodejs', 'server'],
  ['/usr/bin/python3.11', ['python3', '-m', 'gunicorn', 'app:wsgi'], 'python', 'gunicorn'],
  ['/usr/bin/python3.11', ['python3', '/srv/cart.py'], 'python', 'cart'],
  ['/opt/jdk/bin/java', ['java', '-Xmx1g', '-jar', '/srv/billing.jar', 'x.py'], 'java', 'billing'],
  ['/usr/sbin/php-fpm8.2', ['php-fpm: master process'], 'php', 'php-fpm8.2'],
  ['/usr/bin/node', ['node'], 'nodejs', 'node'],
  ['/usr/sbin/nginx', ['nginx: worker process'], undefined, 'nginx'],
  ['/app/main', ['/app/main'], undefined, 'main'],
])('%s %j', (executable, command, language, name) => {
  expect([languageOf(executable), programName(executable, command)]).toEqual([language, name]);
});
