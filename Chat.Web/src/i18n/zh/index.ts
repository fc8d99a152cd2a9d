import type { Key, Words } from '..';
import { conversation } from './conversation';
import { shell } from './shell';

export const words: Record<Key, Words> = { ...shell, ...conversation };
