import type { VNode } from 'preact';
import { useContext, useRef, useState } from 'preact/hooks';
import { t } from '../i18n';
import { TabStop } from './tabStop';

/** A block of code with a button that copies it. */
export function CodeBlock({ text, language }: { text: string; language: string }): VNode {
  const tabIndex = useContext(TabStop);
  const block = useRef<HTMLPreElement>(null);
  const [copied, setCopied] = useState(false);
  const name = language.trim().split(/\s/)[0]?.slice(0, 30) ?? '';
  const copy = async () => {
    try {
      const { copyText } = await import('../ui/copyText');
      await copyText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      if (block.current) getSelection()?.selectAllChildren(block.current); // for the browser's own “Copy”
    }
  };
  return (
    <div class="code">
      <div class="code-head">
        <span>{name}</span>
        <button type="button" class="text-button" tabIndex={tabIndex} onClick={copy}>
          {copied ? t('code.copied') : t('code.copy')}
        </button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <pre
        ref={block}
        role="group"
        aria-label={name ? t('code.labelIn', { language: name }) : t('code.label')}
        tabIndex={tabIndex}
      >
        <code dir="ltr">{text}</code>
      </pre>
    </div>
  );
}
