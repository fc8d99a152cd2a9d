import type { ConnectionStatus, TransportKind } from '../../chat/model';
import { t } from '../../i18n';

export const transportName = (transport: TransportKind): string => t(`transport.${transport}`);

/** The few words of the indicator. */
export function summary({ state, transport, roundTrip }: ConnectionStatus, online: boolean): string {
  if (state === 'failed') return t('connection.failed');
  if (state === 'connecting') return t(online ? 'connection.connecting' : 'connection.offline');
  if (!transport) return t('connection.connected');
  return roundTrip === null ? transportName(transport) : `${transportName(transport)} · ${milliseconds(roundTrip)}`;
}

export const milliseconds = (n: number): string => t('connection.ms', { ms: n < 10 ? n.toFixed(1) : Math.round(n) });
