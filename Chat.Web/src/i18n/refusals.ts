/** Imported by what may be refused, so that the words come with it. */
import { add } from '.';
import { refusals } from './en/refusals';

add(refusals);
