import type { VNode } from 'preact';
import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { codes, isFewEmoji, loadCodes } from '../../text/emoji';
import { Markdown } from '../../text/Markdown';
import { TabStop } from '../../text/tabStop';

/** What somebody wrote. Very tall ones are folded until asked for. */
export function Body({ text, me }: { text: string; me: string | null }): VNode {
  const tabIndex = useContext(TabStop);
  const element = useRef<HTMLDivElement>(null);
  const [tall, setTall] = useState(false);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const it = element.current;
    if (it && !open) setTall(it.scrollHeight > it.clientHeight + 1);
  }, [text, open]);
  const size = isFewEmoji(resolved(text)) ? ' large' : '';
  return (
    <>
      <div ref={element} class={`body${size}${open ? '' : ' folded'}${tall && !open ? ' cut' : ''}`} dir="auto">
        <Markdown body={text} me={me} />
      </div>
      {tall && (
        <button
          type="button"
          tabIndex={tabIndex}
          class="text-button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? t('message.less') : t('message.more')}
        </button>
      )}
    </>
  );
}

function resolved(text: string): string {
  if (text.length > 120 || !/^\s*:[\w+-]+:/.test(text)) return text;
  if (!codes.value) void loadCodes();
  return text.replace(/:([\w+-]+):/g, (whole, code: string) => codes.value?.get(code) ?? whole);
}
