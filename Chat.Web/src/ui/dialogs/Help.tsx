import { type Key, t } from '../../i18n';
import { isApple, onCommandKey } from '../keyboard/keys';
import { Dialog } from './Dialog';

/** Every shortcut of the page. */
export function Help() {
  const alt = (key: string) => (isApple() ? `⌥${key}` : `Alt+${key}`);
  const sections: readonly (readonly [Key, readonly (readonly [string, Key])[]])[] = [
    [
      'help.everywhere',
      [
        [onCommandKey('K'), 'help.switcher'],
        [`${alt('↑')}  ${alt('↓')}`, 'help.rooms'],
        [`${alt(isApple() ? '⇧↑' : 'Shift+↑')}  ${alt(isApple() ? '⇧↓' : 'Shift+↓')}`, 'help.unread_rooms'],
        ['Esc', 'help.read'],
        ['?', 'help.title'],
      ],
    ],
    [
      'help.writing',
      [
        ['Enter', 'help.send'],
        ['Shift+Enter', 'help.new_line'],
        ['↑', 'help.edit_last'],
        [`${onCommandKey('B')}  ${onCommandKey('I')}  ${onCommandKey('E')}`, 'help.marks'],
        [':name  @name', 'help.complete'],
      ],
    ],
    [
      'help.messages',
      [
        ['↑  ↓', 'help.move'],
        ['Home  End', 'help.ends'],
        ['R', 'help.reply'],
        ['E', 'help.edit'],
        ['Del', 'help.delete'],
        ['+', 'help.react'],
        ['C', 'help.copy_link'],
      ],
    ],
  ];
  return (
    <Dialog title={t('help.title')} class="tall">
      {sections.map(([title, keys]) => (
        <section key={title}>
          <h3>{t(title)}</h3>
          <dl class="keys">
            {keys.map(([names, what]) => (
              <div key={what}>
                <dt>
                  {names.split('  ').map((name) => (
                    <kbd key={name}>{name}</kbd>
                  ))}
                </dt>
                <dd>{t(what)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
