import {
  type CompletionMessage,
  type HubMessage,
  type IHubProtocol,
  type ILogger,
  type InvocationMessage,
  JsonHubProtocol,
  MessageType,
} from '@microsoft/signalr';

/** The push that stands for the answer of a Sync. */
export const syncedPush = '$synced';
/** What the error text of a call begins with when the server answered, and not the connection broke. */
export const serverSaid = '$server:';

/**
 * The JSON protocol, with the answer of each `Sync` repeated as a push in its place in the stream.
 *
 * The wire says which events belong to which Sync by order alone: all before the answer to the old delivery, all after it to the new one.
 * HubConnection loses that order: it handles all messages of a chunk in one go, and the promise of the answer is looked at after them.
 * It also makes the same plain Error of a server's answer and of a lost connection. Here both can still be told apart.
 */
export class OrderedProtocol implements IHubProtocol {
  readonly #json = new JsonHubProtocol();
  readonly #syncs = new Set<string>();
  readonly name = this.#json.name;
  readonly version = this.#json.version;
  readonly transferFormat = this.#json.transferFormat;

  parseMessages(input: string, logger: ILogger): HubMessage[] {
    return this.#json.parseMessages(input, logger).flatMap((message): HubMessage[] => {
      if (message.type !== MessageType.Completion) return [message];
      const completion = message as CompletionMessage;
      if (completion.error !== undefined) return [{ ...completion, error: serverSaid + completion.error }];
      if (!this.#syncs.delete(completion.invocationId)) return [message];
      const push: InvocationMessage = {
        type: MessageType.Invocation,
        target: syncedPush,
        arguments: [completion.result],
        streamIds: [],
      };
      return [push, message];
    });
  }

  writeMessage(message: HubMessage): string | ArrayBuffer {
    if (message.type === MessageType.Invocation) {
      const call = message as InvocationMessage;
      if (call.target === 'Sync' && call.invocationId) this.#syncs.add(call.invocationId);
    }
    return this.#json.writeMessage(message);
  }
}
