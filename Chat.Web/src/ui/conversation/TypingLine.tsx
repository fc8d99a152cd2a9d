import type { ReadonlySignal } from '@preact/signals';
import type { VNode } from 'preact';
import { t } from '../../i18n';
import type { UserRef } from '../../wire/contract';

/** Who is writing now. Not announced: it would chatter. */
export function TypingLine({ typing }: { typing: ReadonlySignal<readonly UserRef[]> }): VNode {
  const [a, b, ...more] = typing.value.map((user) => user.name);
  let text = '';
  if (more.length > 0) text = t('typing.many');
  else if (a && b) text = t('typing.two', { a, b });
  else if (a) text = t('typing.one', { a });
  return (
    <div class="typing">
      <bdi>{text}</bdi>
    </div>
  );
}
