// The cluster of docker-compose.yml beside a real installation: a project, a port and volumes of its own.
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from './eventually.mjs';

const words = (command) => command.split(' ');
const run = promisify(execFile);
const port = process.env.CHAT_PORT ?? '18080';

export const root = new URL('../..', import.meta.url).pathname;
export const url = `http://localhost:${port}`;
const env = { ...process.env, COMPOSE_PROJECT_NAME: 'chat-try', CHAT_PORT: port };
const [compose, docker] = [words(process.env.COMPOSE ?? 'docker compose'), words(process.env.DOCKER ?? 'docker')];

const quietly = async ([program, ...first], args) => (await run(program, [...first, ...args], { cwd: root, env, maxBuffer: 1 << 28 })).stdout;

/** Runs a program where people see what it says. */
export function aloud([program, ...first], ...args) {
  return new Promise((done, failed) => {
    const child = spawn(program, [...first, ...args], { cwd: root, env, stdio: 'inherit' });
    child.on('error', failed);
    child.on('exit', (code) => (code ? failed(new Error(`${program} ${[...first, ...args].join(' ')} ended with ${code}`)) : done()));
  });
}

export const composeAloud = (...args) => aloud(compose, ...args);
export const composeQuietly = (...args) => quietly(compose, args);
export const dockerQuietly = (...args) => quietly(docker, args);

/** Says that something holds, or throws. */
export function check(holds, what) {
  if (!holds) throw new Error(`Not so: ${what}`);
  console.log(`  ok: ${what}`);
}

/** The ids of a service's running containers. */
export const containers = async (service) => (await composeQuietly('ps', '--quiet', service)).split('\n').filter(Boolean);

export const inspect = async (...ids) => JSON.parse(await dockerQuietly('inspect', ...ids));

/** The balancer's access log (deploy/nginx/nginx.conf), a line a request. */
export const accessLog = async () => (await composeQuietly('logs', '--no-log-prefix', 'nginx')).split('\n');

/** The nodes that were asked, by those lines. */
export const addresses = (log) => [...new Set(log.map((l) => l.match(/to=(\S+)/)?.[1]).filter((v) => v && v !== '-'))];

/** kill -9 from outside the container, as a machine short of memory does it: nobody has stopped it, so it has to come back. */
export async function kill(id) {
  const [{ State }] = await inspect(id);
  const image = (await inspect((await containers('postgres'))[0]))[0].Config.Image; // for its shell
  await dockerQuietly('run', '--rm', '--pid', 'host', '--network', 'none', '--user', '0:0', '--entrypoint', '/bin/sh', image, '-c', `kill -9 ${State.Pid}`);
}

/** Waits until a container runs, was started since, and its health check is content. */
export const healthyAgain = (id, since) =>
  eventually(async () => {
    const [{ State }] = await inspect(id);
    return State.Health?.Status === 'healthy' && Date.parse(State.StartedAt) > since;
  }, 120, `${id} is healthy again`);

/** The status, and what the node says that the balancer comes to. */
export async function health() {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(10_000) });
  return `${answer.status} ${await answer.text()}`;
}
