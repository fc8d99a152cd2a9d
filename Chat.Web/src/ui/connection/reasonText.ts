import '../../i18n/shellLater';
import type { Reason, TransportKind } from '../../chat/model';
import { type Key, t } from '../../i18n';
import { refused } from '../refusals';
import { transportName } from './words';

/** Why the server will not have us. */
export const refusedBecause = ({ error, detail }: Reason): string =>
  refused({ code: String(error), message: String(detail ?? '') });

/** Why it last changed, as a sentence. */
export function reasonText(reason: Reason): string {
  const { code, transport, from, error, ...places } = reason;
  const named = (kind: string | number | undefined) => (kind === undefined ? '' : transportName(kind as TransportKind));
  const why = error === undefined ? '' : refusedBecause(reason);
  return t(`reason.${code}` as Key, { ...places, transport: named(transport), from: named(from), why });
}
