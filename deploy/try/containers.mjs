// What docker-compose.yml promises of each container, as the engine shows it.
import { check, composeQuietly, containers, dockerQuietly, inspect } from './stack.mjs';

const secrets = ['chat/ConnectionStrings__Chat', 'chat/ConnectionStrings__Redis', 'postgres/superuser', 'postgres/chat', 'redis/password'];

/** Runs something in a container. True if it succeeded. */
const does = (id, ...command) => dockerQuietly('exec', id, ...command).then(() => true, () => false);

export async function checkContainers() {
  const services = ['nginx', 'chat', 'redis', 'postgres'];
  const all = (await Promise.all(services.map(async (s) => inspect(...(await containers(s)))))).flat();
  const every = (holds, what) => check(all.every(holds), `${what}, in all ${all.length} containers`);

  every((c) => c.State.Health.Status === 'healthy', 'the health check is content');
  every((c) => c.HostConfig.RestartPolicy.Name === 'unless-stopped', 'it is restarted when it dies');
  const users = await Promise.all(all.map((c) => dockerQuietly('top', c.Id, '-o', 'pid,uid')));
  check(users.every((t) => t.trim().split('\n').slice(1).every((line) => !/ 0$/.test(line))), 'no process is root');
  every((c) => c.HostConfig.CapDrop.includes('ALL') && !c.HostConfig.CapAdd?.length && !c.HostConfig.Privileged, 'no capabilities');
  every((c) => c.HostConfig.SecurityOpt.some((o) => o.startsWith('no-new-privileges')), 'no new privileges');
  every((c) => c.HostConfig.ReadonlyRootfs, 'read-only');
  for (const service of ['nginx', 'redis', 'postgres']) check(!(await does((await containers(service))[0], 'sh', '-c', ': >/etc/written')), `nothing can be written into ${service}`);
  check(!(await does((await containers('chat'))[0], 'sh', '-c', ':')), 'a node has no shell');
  const ports = all.flatMap((c) => Object.values(c.NetworkSettings.Ports).flatMap((p) => p ?? []).map((p) => ({ name: c.Name, at: p.HostIp })));
  check(ports.length === 1 && ports[0].at === '127.0.0.1' && ports[0].name.includes('nginx'), 'one port on the machine, of nginx, on loopback');

  const paths = secrets.map((s) => `/secrets/${s}`);
  const text = await composeQuietly('run', '--rm', '-T', '--no-deps', '--entrypoint', 'sh', 'secrets', '-c', `for f in ${paths.join(' ')}; do cat $f; echo; done`);
  const passwords = [...new Set(text.match(/[A-Za-z0-9_-]{32}/g))];
  check(passwords.length === 3, 'there are three passwords, made here');
  const keyFile = '/secrets/chat/Chat__Keys__Master';
  const cat = ['run', '--rm', '-T', '--no-deps', '--user', '1654', '--entrypoint', 'cat', 'secrets', keyFile];
  const key = await composeQuietly(...cat);
  check(/^[A-Za-z0-9+/]{43}=$/.test(key.trim()), 'there is a master key, which the server reads');
  passwords.push(key.trim());
  const told = JSON.stringify(all) + (await composeQuietly('config')) + (await composeQuietly('logs'));
  check(!passwords.some((p) => told.includes(p)), 'none of them is in a command, a variable, a setting or a log');
  const redis = await dockerQuietly('exec', (await containers('redis'))[0], 'redis-cli', 'ping').catch((e) => e.stdout);
  check(redis.includes('NOAUTH'), 'Redis answers nobody without a password');
  const postgres = ['psql', '--host', 'postgres', '--username', 'chat', '--no-password', '--command', 'select 1', 'chat'];
  check(!(await does((await containers('postgres'))[0], ...postgres)), 'PostgreSQL answers nobody without a password');
  return passwords;
}
