// What is done to the cluster while people talk, and what must come of it.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { checkContainers } from './containers.mjs';
import { eventually } from './eventually.mjs';
import { quick } from './scene.mjs';
import { accessLog, addresses, aloud, check, composeAloud, containers, health, healthyAgain, inspect, kill, root, url } from './stack.mjs';

/** Seconds within which health says what is wrong. */
const soon = 15;

/** Does something while all processes of a service stand still. */
async function stoodStill(service, action) {
  await composeAloud('pause', service);
  try {
    await action();
  } finally {
    await composeAloud('unpause', service);
  }
}

/** What is done to the cluster, by name, in this order. */
export const parts = {
  async containers(scene) {
    await checkContainers();
    check(!(await accessLog()).some((l) => l.includes('access_token')), 'no token is in the log of the balancer');
  },

  async pictures(scene) {
    const folder = mkdtempSync(join(tmpdir(), 'chat-pictures-'));
    await scene.terminal.run('send', '--room', scene.room, 'Some **words**, a [link](https://example.com), `code`, and 🎉');
    await scene.page.say('So it looks through the balancer');
    for (const dark of [true, false]) {
      await scene.page.picture(`${folder}/phone${dark ? '-dark' : ''}.png`, { width: 390, height: 844, mobile: true, dark });
      await scene.page.picture(`${folder}/wide${dark ? '-dark' : ''}.png`, { width: 1280, height: 800, dark });
    }
    console.log(`  pictures are in ${folder}`);
  },

  async kill(scene) {
    await scene.crowd.during('each node is killed once', quick, async () => {
      for (const node of await containers('chat')) {
        const since = Date.now();
        await kill(node);
        await healthyAgain(node, since);
        await pause(3000);
      }
    });
    check((await inspect(...(await containers('chat')))).every((c) => c.RestartCount >= 1), 'the engine has started each of them again');
    await scene.converse('each node was killed');
  },

  async five(scene) {
    await scene.crowd.during('two more nodes', quick, () => composeAloud('up', '--detach', '--wait', '--scale', 'chat=5'));
    check((await containers('chat')).length === 5, 'there are five nodes');
    const mark = (await accessLog()).length;
    await Promise.all(Array.from({ length: 100 }, () => fetch(`${url}/health/live`)));
    await eventually(async () => addresses((await accessLog()).slice(mark - 1)).length >= 5, 10, 'the balancer goes to all five nodes');
    const guest = await fetch(`${url}/api/account/guest`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"asker"}' });
    const headers = { authorization: `Bearer ${(await guest.json()).accessToken}` };
    const named = new Set();
    for (let n = 0; n < 100 && named.size < 5; n++) {
      const answer = await fetch(`${url}/hubs/chat/negotiate?negotiateVersion=1`, { method: 'POST', headers });
      named.add((await answer.json()).url.match(/node=([^&]+)/)[1]);
    }
    check(named.size === 5, 'new connections are spread over all five');
    await scene.converse('five nodes');
  },

  async update(scene) {
    const old = await containers('chat');
    const update = `${root}deploy/rolling-update.sh`;
    await scene.crowd.during('a new node does not start', quick, async () => {
      const refused = await aloud(['env', 'CHAT_ORIGIN=nonsense', update]).then(() => false, () => true);
      check(refused && `${(await containers('chat')).sort()}` === `${[...old].sort()}`, 'it is not taken, and the others stay');
    });
    await scene.crowd.during('nodes are replaced one by one', quick, () => aloud([update]));
    const now = await containers('chat');
    check(now.length === old.length && !now.some((n) => old.includes(n)), `all ${now.length} nodes are new`);
    await scene.converse('all nodes replaced');
  },

  async redis(scene) {
    await scene.crowd.during('Redis starts anew', quick, () => composeAloud('restart', 'redis'));
    await scene.crowd.during('Redis stands still', quick, () =>
      stoodStill('redis', async () => {
        await eventually(async () => /^200.*Degraded.*redis/i.test(await health()), soon, 'health says that Redis does not work, and that people can');
        check(true, 'health says that Redis does not work, and that people can');
        await pause(5000);
      }),
    );
    await eventually(async () => /^200.*"Healthy"/.test(await health()), 60, 'health is content again');
    await scene.converse('Redis restarted and paused');
  },

  async postgres(scene) {
    await scene.crowd.during('PostgreSQL starts anew', 30, () => composeAloud('restart', 'postgres'));
    await scene.crowd.during('PostgreSQL is killed', 60, async () => {
      const [id, since] = [(await containers('postgres'))[0], Date.now()];
      await kill(id);
      await healthyAgain(id, since);
    });
    await scene.crowd.during('PostgreSQL stands still', 60, async (said) => {
      await stoodStill('postgres', async () => {
        await pause(1000);
        const acknowledged = said.filter((s) => s.acked).length;
        await eventually(async () => (await health()).startsWith('503'), soon, 'health says that nothing can be stored');
        check(true, 'health says that nothing can be stored');
        await pause(5000);
        check(said.filter((s) => s.acked).length === acknowledged, 'nothing is acknowledged meanwhile');
      });
    });
    await healthyAgain((await containers('postgres'))[0], 0); // Without that nothing that depends on it can be started.
    await scene.converse('PostgreSQL restarted, killed and paused');
  },

  async everything(scene) {
    await composeAloud('stop', 'chat');
    const answer = await fetch(`${url}/api/account`);
    check(answer.status === 503 && (await answer.json()).code === 'unavailable', 'the balancer says that no node answers');
    await composeAloud('start', 'chat');
    await scene.ready();
    await scene.sameHistory('everything restarted', () => composeAloud('restart'));
    await scene.converse('everything restarted');
    await scene.sameHistory('down, up', async () => {
      await composeAloud('down');
      await composeAloud('up', '--detach', '--wait');
    });
    await scene.crowd.during('everything is there again', 30, () => pause(3000));
    await scene.converse('down, up');
  },
};
