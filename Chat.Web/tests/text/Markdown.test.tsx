// @vitest-environment happy-dom
import fc from 'fast-check';
import { render } from 'preact';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { codes } from '../../src/text/emoji';
import { lex, loadLexer } from '../../src/text/lex';
import { Markdown } from '../../src/text/Markdown';
import { count } from '../../src/text/tokens';
import { eventually } from '../eventually';
import { hostile } from './hostile';

beforeAll(loadLexer);

const allowed = new Set(
  'P,STRONG,EM,DEL,CODE,PRE,BR,HR,UL,OL,LI,BLOCKQUOTE,TABLE,THEAD,TBODY,TR,TH,TD,A,BDI,SPAN,DIV,BUTTON'.split(','),
);
const attributes = new Set('dir,class,href,title,target,rel,start,role,aria-label,tabindex,type'.split(','));

function show(body: string, me: string | null = 'Jo'): HTMLElement {
  const root = document.createElement('div');
  render(<Markdown body={body} me={me} />, root);
  return root;
}

const hrefs = (root: HTMLElement) => [...root.querySelectorAll('a')].map((a) => a.getAttribute('href') ?? '');

/** Only what chat knows, and nothing that runs or fetches. */
function expectHarmless(root: HTMLElement): void {
  for (const it of root.querySelectorAll('*')) {
    expect(allowed).toContain(it.tagName);
    for (const { name } of it.attributes) expect(attributes).toContain(name);
  }
  for (const href of hrefs(root)) expect(href).toMatch(/^(https?:\/\/|mailto:)/);
}

/** Letters and digits only: marks come and go, words must not. */
const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');

beforeEach(() => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('offline')));
});
afterEach(() => {
  vi.unstubAllGlobals();
  codes.value = null;
});

describe('Markdown', () => {
  test.each(Object.entries(hostile))('shows hostile %s as harmless text', (_, body) => {
    const root = show(body);
    expectHarmless(root);
    expect(root.querySelector('hr') ?? root.textContent).toBeTruthy();
  });

  test.each(Object.entries(hostile))('builds a bounded number of elements for %s', (_, body) => {
    expect(count(lex(body) ?? [])).toBeLessThanOrEqual(5_000);
    expect(show(body).querySelectorAll('*').length).toBeLessThanOrEqual(6_000);
  });

  test('never builds an element or a link that is not allowed, whatever is typed', () => {
    const piece = fc.constantFrom(
      ...'*_~`[]()<>!#-+|\\:/&;"\' \n\t@'.split(''),
      'a',
      '1.',
      'javascript:',
      'https://a.b',
      '<img',
      'onerror=',
      '```',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 60 }),
        (parts) => {
          expectHarmless(show(parts.join('')));
        },
      ),
      { numRuns: 100 },
    );
  });

  test('loses no word of what was typed', () => {
    const mark = fc.constantFrom(
      '*',
      '**',
      '_',
      '~~',
      '`',
      '> ',
      '- ',
      '\n',
      '\n\n',
      '# ',
      '<b>',
      '</b>',
      '[',
      ']',
      '|',
      '&amp;',
      '\\',
      '    ',
      '---',
    );
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(mark, word), { maxLength: 25 }), (pairs) => {
        const body = pairs.map(([m, w]) => `${m} ${w}${m}`).join(' ');
        const root = show(body);
        for (const it of root.querySelectorAll('.code-head')) it.remove();
        expect(letters(root.textContent ?? '')).toBe(letters(body));
      }),
      { numRuns: 100 },
    );
  });

  test('shows HTML, reference definitions and indented lines as they were typed', () => {
    expect(show('<b>x</b>').textContent).toBe('<b>x</b>');
    expect(show('[a]: https://b.example').textContent).toContain('[a]: ');
    expect(show('    four spaces').querySelector('pre')).toBeNull();
    expect(show('above\n---').textContent).toContain('above');
    expect(show('&amp; &#65;').textContent).toBe('&amp; &#65;');
  });

  test('keeps line breaks', () => {
    expect(show('*a*\nb\nc').querySelectorAll('br').length).toBe(2);
    expect(show('a\nb\nc').textContent).toBe('a\nb\nc');
  });

  test('builds lists, nested, numbered from where they begin, and tasks', () => {
    const root = show('3. a\n4. b\n   - c\n\n- [x] done\n- [ ] not');
    expect(root.querySelector('ol')?.getAttribute('start')).toBe('3');
    expect(root.querySelector('ol ul li')?.textContent).toBe('c');
    expect(root.textContent).toContain('☑ done');
    expect(root.textContent).toContain('☐ not');
  });

  test('shows a code block with its language, and nothing in it is Markdown', () => {
    const root = show('```ts\n**no** @Jo :tada:\n```');
    expect(root.querySelector('pre')?.textContent).toBe('**no** @Jo :tada:');
    expect(root.querySelector('.code-head')?.textContent).toContain('ts');
    expect(root.querySelector('strong, .mention')).toBeNull();
  });

  test('images become links: nothing is fetched', () => {
    const root = show('![cat](https://a.example/cat.png)');
    expect(root.querySelector('img')).toBeNull();
    expect(hrefs(root)).toEqual(['https://a.example/cat.png']);
  });

  test('a link to a room here stays in the page, all others open another', () => {
    vi.stubGlobal('location', { origin: 'https://chat.example' });
    const targets = (...paths: string[]) =>
      paths.map((path) => show(`https://chat.example${path}`).querySelector('a')?.target);
    expect(targets('/r/a', '/r/a/12')).toEqual(['', '']);
    expect(targets('/r/a/b/c', '/r/a#x', '/api/x')).toEqual(['_blank', '_blank', '_blank']);
    expect(show('https://elsewhere.example/r/a').querySelector('a')?.target).toBe('_blank');
  });

  test('code is copied, and marked for the person to copy where the browser does not', async () => {
    const copied: string[] = [];
    const copy = vi.fn(() => {
      copied.push(document.querySelector('textarea')?.value ?? '');
      return true;
    });
    vi.stubGlobal('navigator', {});
    document.execCommand = copy;
    const root = show('```\nlet a\n```');
    document.body.append(root);
    root.querySelector('button')?.click();
    await eventually(() => expect(root.querySelector('button')?.textContent).toBe('Copied'));
    expect(copied).toEqual(['let a']);
    copy.mockReturnValue(false);
    root.querySelector('button')?.click();
    await eventually(() => expect(getSelection()?.toString()).toBe('let a'));
    root.remove();
  });

  test('a link that may not be followed stays as typed', () => {
    expect(show('[click](javascript:alert(1))').textContent).toBe('[click](javascript:alert(1))');
  });

  test('a link without text shows its address', () => {
    expect(show('[](https://a.example/x)').querySelector('a')?.textContent).toBe('https://a.example/x');
  });

  test('Chinese punctuation ends a link', () => {
    expect(hrefs(show('看https://a.example/b，好吗'))).toEqual(['https://a.example/b']);
  });

  test('marks mentions, and mine more than others', () => {
    const root = show('hi @ann, and @JO. mail x@jo.example');
    expect([...root.querySelectorAll('.mention')].map((m) => m.textContent)).toEqual(['@ann', '@JO']);
    expect(root.querySelectorAll('.mention.me').length).toBe(1);
  });

  test('shows emoji for known codes once they are loaded, and leaves others', () => {
    expect(show('a :tada: b').textContent).toBe('a :tada: b');
    codes.value = new Map([['tada', '🎉']]);
    expect(show('a :tada: b :nothing: 10:30:45').textContent).toBe('a 🎉 b :nothing: 10:30:45');
    expect(show('`:tada:`').textContent).toBe(':tada:');
  });
});
