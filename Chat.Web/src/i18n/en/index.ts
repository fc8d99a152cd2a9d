import { conversation } from './conversation';
import { shell } from './shell';

export const words = { ...shell, ...conversation };
