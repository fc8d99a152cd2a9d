// Makes ../unicode.txt.gz from the files that Unicode publishes: node make.mjs FOLDER
// The folder holds Scripts.txt, ScriptExtensions.txt, PropertyValueAliases.txt
// (https://www.unicode.org/Public/UCD/latest/ucd/) and confusables.txt
// (https://www.unicode.org/Public/security/latest/), all of one version.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const folder = process.argv[2];
const read = (name) => readFileSync(`${folder}/${name}`, 'utf8').replace(/^\uFEFF/, '').split('\n');
const rows = (name) =>
  read(name)
    .map((line) => line.split('#')[0].split(';').map((field) => field.trim()))
    .filter((fields) => fields.length > 1);
const range = (text) => {
  const [first, last = first] = text.split('..').map((hex) => parseInt(hex, 16));
  return [first, last];
};

const aliases = rows('PropertyValueAliases.txt').filter(([property]) => property === 'sc');
const short = new Map(aliases.map(([, alias, name]) => [name, alias]));
const scripts = new Map();
for (const [points, name] of rows('Scripts.txt')) {
  const [first, last] = range(points);
  for (let point = first; point <= last; point++) scripts.set(point, [short.get(name)]);
}
for (const [points, names] of rows('ScriptExtensions.txt')) {
  const [first, last] = range(points);
  for (let point = first; point <= last; point++) scripts.set(point, names.split(/\s+/));
}

// UTS #39, section 5.1: the augmented sets, so that writing systems of several scripts count as one.
const augmented = (names) => {
  const all = new Set(names);
  if (all.has('Hani')) ['Hanb', 'Jpan', 'Kore'].forEach((name) => all.add(name));
  if (all.has('Hira') || all.has('Kana')) all.add('Jpan');
  if (all.has('Hang')) all.add('Kore');
  if (all.has('Bopo')) all.add('Hanb');
  return all.has('Zyyy') || all.has('Zinh') ? '*' : [...all].sort().join(' ');
};

const ranges = [];
for (const point of [...scripts.keys()].sort((a, b) => a - b)) {
  const set = augmented(scripts.get(point));
  const newest = ranges.at(-1);
  if (newest?.set === set && newest.last === point - 1) newest.last = point;
  else ranges.push({ first: point, last: point, set });
}
const sets = [...new Set(ranges.map((r) => r.set))];
const confusables = rows('confusables.txt').map(([source, target]) => [source, target.replaceAll(/\s+/g, ' ')]);
const versionLine = read('confusables.txt').find((line) => line.startsWith('# Version:'));
const version = versionLine?.slice('# Version:'.length).trim();

const lines = [
  `Unicode ${version}. Made by Data/make.mjs; terms in Data/LICENSE.`,
  ...sets.map((set) => `s ${set}`),
  ...ranges.map((r) => `r ${r.first.toString(16)} ${r.last.toString(16)} ${sets.indexOf(r.set)}`),
  ...confusables.map(([source, target]) => `c ${source} ${target}`),
];
const packed = gzipSync(lines.join('\n'), { level: 9 });
writeFileSync(new URL('../unicode.txt.gz', import.meta.url), packed);
console.log(
  `Unicode ${version}: ${sets.length} sets, ${ranges.length} ranges, ${confusables.length} confusables, ` +
    `${packed.length} bytes`,
);
