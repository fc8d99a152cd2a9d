import type { TransportKind } from '../chat/model';
import { Connector } from './connector';
import type { Hub } from './hub';
import type { TransportPolicy } from './policy';
import type { Session } from './session';
import { pause } from './wait';

/** Looks now and then whether a better transport works; ends the session and resolves to it if one does, else to null when it is over. */
export async function probeUp(
  open: (kind: TransportKind) => Hub,
  session: Session,
  policy: TransportPolicy,
): Promise<TransportKind | null> {
  while (policy.probeAfter !== null && !session.over.aborted) {
    // Not all clients of a proxy that was mended at the same moment.
    await pause(policy.probeAfter * (0.9 + 0.2 * Math.random()), session.over);
    for (const kind of policy.better) {
      if (session.over.aborted) return null;
      const tried = await new Connector(open, null).try(kind, session.over);
      if (tried.kind !== 'opened') continue;
      void tried.session.close();
      if (session.over.aborted) return null;
      session.end('deliberate', { code: 'moved_up', transport: kind });
      return kind;
    }
    policy.probeFailed();
  }
  return null;
}
