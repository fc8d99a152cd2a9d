import { createContext } from 'preact';

/** The `tabIndex` of what can be focused inside a message: the timeline is one stop for Tab, and only its active message opens up. */
export const TabStop = createContext<0 | -1>(0);
