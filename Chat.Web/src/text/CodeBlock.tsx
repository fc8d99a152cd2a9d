import type { VNode } from 'preact';
import { useContext, useState } from 'preact/hooks';
import { t } from '../i18n';
import { TabStop } from './tabStop';

/** A block of code with a button that copies it. */
export function CodeBlock({ text, language }: { text: string; language: string }): VNode {
  const tabIndex = useContext(TabStop);
  const [copied, setCopied] = useState(false);
  const name = language.trim().split(/\s/)[0]?.slice(0, 30) ?? '';
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2_000);
    } catch {} // refused by the browser: the text can still be selected
  };
  return (
    <div class="code">
      <div class="code-head">
        <span>{name}</span>
        <button type="button" tabIndex={tabIndex} onClick={copy}>
          {copied ? t('code.copied') : t('code.copy')}
        </button>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <pre role="group" aria-label={name ? t('code.labelIn', { language: name }) : t('code.label')} tabIndex={tabIndex}>
        <code dir="ltr">{text}</code>
      </pre>
    </div>
  );
}
