// Tries docker-compose.yml as people will use it: node --experimental-websocket deploy/try/cluster.mjs [PART …] (docs/operating.md).
// It runs beside a real installation: a project, a port and volumes of its own, which are gone when it ends.
import { parts } from './parts.mjs';
import { Scene } from './scene.mjs';
import { composeAloud } from './stack.mjs';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((w) => !parts[w]);
if (unknown.length) {
  console.error(`There is no ${unknown.join(', ')}; the parts are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
const scene = new Scene();
try {
  console.log('start');
  await scene.start();
  for (const [name, part] of Object.entries(parts)) {
    if (wanted.length && !wanted.includes(name)) continue;
    console.log(name);
    await part(scene);
  }
  console.log('All of it works.');
} catch (e) {
  console.error(e.message);
  process.exitCode = 1;
  await composeAloud('ps', '--all');
  await composeAloud('logs', '--tail', '40');
} finally {
  await scene.close();
  if (!process.env.KEEP) await composeAloud('down', '--volumes');
}
