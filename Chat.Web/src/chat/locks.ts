/** Runs one piece of work at a time under a name, in all tabs of this origin. */
export type Exclusive = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * Web Locks exist on secure pages only. Elsewhere the work of this tab alone is kept apart: two tabs may then send the same message, which
 * the server stores once because of its client id; only the order between what two tabs wrote at the same moment is not kept.
 */
export const exclusive: Exclusive =
  typeof navigator !== 'undefined' && navigator.locks
    ? (name, work) => navigator.locks.request(name, work) as ReturnType<typeof work>
    : inThisTab();

/** One at a time within this tab. */
export function inThisTab(): Exclusive {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const run = (last.get(name) ?? Promise.resolve()).then(work, work);
    last.set(name, run);
    const done = () => last.get(name) === run && last.delete(name);
    run.then(done, done);
    return run;
  };
}
