import '../../i18n/shellLater';
import '../../styles/dialogs.css';
import type { Chat } from '../../chat/model';
import { Settings } from '../settings/Settings';
import { Browse } from './Browse';
import { Delete } from './Delete';
import { Help } from './Help';
import { Direct, Invite } from './People';
import { Create, Edit } from './Room';
import { Leave, Remove } from './RoomQuestions';
import type { DialogRequest } from './request';
import { SignOut } from './SignOut';
import { Switcher } from './Switcher';

/** All dialogs: fetched together, when the first is opened. */
export function Dialogs({ chat, request }: { chat: Chat; request: DialogRequest }) {
  switch (request.kind) {
    case 'switcher':
      return <Switcher chat={chat} />;
    case 'help':
      return <Help />;
    case 'settings':
      return <Settings chat={chat} />;
    case 'signOut':
      return <SignOut chat={chat} />;
    case 'create':
      return <Create chat={chat} />;
    case 'browse':
      return <Browse chat={chat} />;
    case 'direct':
      return <Direct chat={chat} />;
    case 'invite':
      return <Invite chat={chat} roomId={request.roomId} />;
    case 'edit':
      return <Edit chat={chat} roomId={request.roomId} />;
    case 'leave':
      return <Leave chat={chat} roomId={request.roomId} />;
    case 'delete':
      return <Delete chat={chat} roomId={request.roomId} message={request.message} />;
    case 'remove':
      return <Remove chat={chat} roomId={request.roomId} user={request.user} />;
  }
}
