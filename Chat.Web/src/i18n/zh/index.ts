import type { Key, Words } from '..';
import type { lab } from '../en/lab';
import { conversation } from './conversation';
import { shell } from './shell';

export const words: Record<Exclude<Key, keyof typeof lab>, Words> = { ...shell, ...conversation };
