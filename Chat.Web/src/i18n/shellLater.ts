/** Imported by what needs these words, so that they come with it. */
import './refusals';
import { add } from '.';
import { shellLater } from './en/shellLater';

add(shellLater);
