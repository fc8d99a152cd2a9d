/** Imported by the lab, which is a page of its own: its words come with it in every language. */
import { add } from '.';
import { lab } from './en/lab';
import { lab as chinese } from './zh/lab';

add(lab, chinese);
