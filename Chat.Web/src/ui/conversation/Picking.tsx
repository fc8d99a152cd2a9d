import type { ComponentType, VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../chat/model';
import { t } from '../../i18n';

/** What an emoji is chosen for. */
export type Pick = { readonly kind: 'insert' } | { readonly kind: 'react'; readonly message: Message };

interface Props {
  readonly pick: Pick;
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
}

type Picker = ComponentType<{ title: string; onPick: (emoji: string) => void; onClose: () => void }>;

/** The choice of emoji, loaded when first needed. Gives the focus back to where it came from. */
export function Picking({ pick, onPick, onClose }: Props): VNode | null {
  const [Picker, setPicker] = useState<Picker | null>(null);
  const from = useRef(document.activeElement as HTMLElement | null);
  useEffect(() => {
    import('./EmojiPicker').then((m) => setPicker(() => m.EmojiPicker), onClose);
  }, []);
  const close = () => {
    onClose();
    from.current?.focus();
  };
  if (!Picker) return null;
  const title = pick.kind === 'react' ? t('emoji.reactTitle', { name: pick.message.sender.name }) : t('emoji.title');
  return (
    <Picker
      title={title}
      onClose={close}
      onPick={(emoji) => {
        close();
        onPick(emoji);
      }}
    />
  );
}
