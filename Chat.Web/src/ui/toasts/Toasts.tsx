import { t } from '../../i18n';
import { Icon } from '../icons';
import { dismiss, toasts } from './toasts';

export function Toasts() {
  return (
    <div class="toasts">
      <Region role="status" bad={false} />
      <Region role="alert" bad={true} />
    </div>
  );
}

// Always there, also when empty: readers announce only what comes into a region that they know.
function Region({ role, bad }: { role: 'status' | 'alert'; bad: boolean }) {
  return (
    <div role={role}>
      {toasts.value
        .filter((toast) => toast.bad === bad)
        .map((toast) => (
          <div class={bad ? 'toast bad' : 'toast'} key={toast}>
            <span>{toast.text}</span>
            <button type="button" class="tool" aria-label={t('action.dismiss')} onClick={() => dismiss(toast)}>
              <Icon of="close" />
            </button>
          </div>
        ))}
    </div>
  );
}
