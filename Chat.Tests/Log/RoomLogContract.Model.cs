using Chat.Contracts;
using Chat.Server.Log;
using CsCheck;

namespace Chat.Tests.Log;

/// <summary>Whatever is done to a room, in whatever order: it behaves as a simple model in memory does.</summary>
public abstract partial class RoomLogContract
{
    private static readonly UserRef[] People = [Ann, Bob, Cid];

    private static readonly string[] Types = [EventTypes.Message, EventTypes.Message, EventTypes.Edit, EventTypes.Delete, EventTypes.Reaction];

    private static readonly Gen<int> Who = Gen.Int[0, 2];

    private static readonly Gen<Draft> AnyDraft = Gen.Select(
        Gen.Int[0, 4].Select(i => Types[i]), Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 9],
        (type, key, text, about) => type == EventTypes.Message
            ? Say($"k{key}", $"text {text}", about is 0 or > 5 ? null : about)
            : new Draft(type, $"k{key}", type == EventTypes.Delete ? null : $"text {text}", Target: about + 1));

    private static readonly Gen<Func<ILogLike, Task<string>>> AnyStep = Gen.Frequency(
        (6, Gen.Select(Who, AnyDraft.Array[1, 4], (who, drafts) => Step(l => l.AppendAsync(People[who], drafts)))),
        (1, Who.Select(who => Step(l => l.JoinAsync(People[who])))),
        (1, Gen.Select(Who, Who, (who, by) => Step(l => l.RemoveAsync(People[who], People[by])))),
        (1, Who.Select(who => Step(l => l.RenameAsync(People[who])))),
        (1, Gen.Select(Who, Gen.Int[0, 12], (who, seq) => Step(l => l.MarkAsync(People[who], seq)))));

    [Fact]
    public void Any_sequence_of_steps_has_the_effects_that_the_model_has() => AnyStep.Array[1, 40].Sample(
        steps => Task.Run(() => AgreesAsync(steps), Ct).GetAwaiter().GetResult(), iter: 60, threads: 1);

    private static Func<ILogLike, Task<string>> Step(Func<ILogLike, Task<string>> step) => step;

    private async Task AgreesAsync(Func<ILogLike, Task<string>>[] steps)
    {
        var model = new RoomModel(Ann);
        var real = new RealRoom(Log, await RoomAsync());
        foreach (var step in steps)
            Assert.Equal(await step(model), await step(real));
        Assert.Equal(model.Log, (await AllAsync(real.Id)).Select(RoomModel.Describe));
    }

    /// <summary>The steps, each answering with its outcome as text.</summary>
    internal interface ILogLike
    {
        Task<string> AppendAsync(UserRef sender, Draft[] drafts);

        Task<string> JoinAsync(UserRef who);

        Task<string> RemoveAsync(UserRef who, UserRef by);

        Task<string> RenameAsync(UserRef by);

        Task<string> MarkAsync(UserRef who, long seq);
    }

    private sealed class RealRoom(IRoomLog log, string id) : ILogLike
    {
        public string Id => id;

        public Task<string> AppendAsync(UserRef sender, Draft[] drafts) => OutcomeAsync(async () => string.Join(
            ",", (await log.AppendAsync(id, sender, drafts)).Select(r => r.Error?.Code ?? (r.Repeated ? $"again {r.Event!.Seq}" : $"{r.Event!.Seq}"))));

        public Task<string> JoinAsync(UserRef who) => OutcomeAsync(() => log.AddMemberAsync(id, who, who));

        public Task<string> RemoveAsync(UserRef who, UserRef by) => OutcomeAsync(() => log.RemoveMemberAsync(id, who, by));

        public Task<string> RenameAsync(UserRef by) => OutcomeAsync(() => log.ChangeRoomAsync(id, new RoomChange("new"), by));

        public Task<string> MarkAsync(UserRef who, long seq) =>
            OutcomeAsync(async () => $"{(await log.MarkReadAsync(id, who.Id, seq)).UpTo}");

        private static Task<string> OutcomeAsync(Func<Task> call) => OutcomeAsync(async () =>
        {
            await call();
            return "";
        });

        private static async Task<string> OutcomeAsync(Func<Task<string>> call)
        {
            try
            {
                return await call();
            }
            catch (ChatException e)
            {
                return e.Code;
            }
        }
    }
}
