import type { Tokens } from 'marked';
import type { ComponentChildren, VNode } from 'preact';
import { useContext } from 'preact/hooks';
import { safeLink } from './safeLink';
import { TabStop } from './tabStop';

/** A link that says where it goes; as typed if it may not be followed. Links to this page stay in the page. */
export function Link({ token, children }: { token: Tokens.Link | Tokens.Image; children: ComponentChildren }): VNode {
  const tabIndex = useContext(TabStop);
  const link = safeLink(token.href, token.text, location.origin);
  if (!link) return <>{token.raw}</>;
  const inPage = link.own && new URL(link.href).pathname.startsWith('/r/');
  const elsewhere = inPage ? {} : { target: '_blank', rel: 'noopener noreferrer nofollow' };
  return (
    <>
      <a
        tabIndex={tabIndex}
        href={link.href}
        title={link.href}
        {...elsewhere}
        onClick={(e) => inPage && open(e, link.href)}
      >
        {token.text.trim() === '' ? link.href : children}
      </a>
      {link.host && <bdi class="host"> ({link.host})</bdi>}
    </>
  );
}

function open(e: MouseEvent, href: string): void {
  if (e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return; // a new tab, as everywhere
  e.preventDefault();
  history.pushState(null, '', href);
  dispatchEvent(new PopStateEvent('popstate'));
}
