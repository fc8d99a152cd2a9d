/** Modules whose calls may be refused import this, so that the texts are loaded with them. */
import { add } from '.';
import { refusals } from './en/refusals';

add(refusals);
