import '../../i18n/shellLater';
import type { Reason, TransportKind } from '../../chat/model';
import { type Key, t } from '../../i18n';
import { transportName } from './words';

/** Why it last changed, as a sentence. */
export function reasonText(reason: Reason): string {
  const { code, transport, from, ...places } = reason;
  const named = (kind: string | number | undefined) => (kind === undefined ? '' : transportName(kind as TransportKind));
  return t(`reason.${code}` as Key, { ...places, transport: named(transport), from: named(from) });
}
