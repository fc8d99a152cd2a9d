import '../../i18n/conversationLater';
import '../../i18n/shellLater';
import type { Reason, TransportKind } from '../../chat/model';
import { type Key, t } from '../../i18n';
import { reason as refusedBecause } from '../conversation/actions';
import { transportName } from './words';

/** Why it last changed, as a sentence. */
export function reasonText(reason: Reason): string {
  const { code, transport, from, error, ...places } = reason;
  const named = (kind: string | number | undefined) => (kind === undefined ? '' : transportName(kind as TransportKind));
  const why = error === undefined ? '' : refusedBecause(String(error), String(places.detail ?? ''));
  return t(`reason.${code}` as Key, { ...places, transport: named(transport), from: named(from), why });
}
