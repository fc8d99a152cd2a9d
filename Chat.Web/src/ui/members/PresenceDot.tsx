import { t } from '../../i18n';
import type { PresenceState } from '../../wire/contract';

/** Shape and words say it too, not only the colour. */
export function PresenceDot({ state = 'offline' }: { state?: PresenceState | undefined }) {
  return (
    <span class={`dot ${state}`} title={t(`presence.${state}`)}>
      <span class="visually-hidden">{t(`presence.${state}`)}</span>
    </span>
  );
}
