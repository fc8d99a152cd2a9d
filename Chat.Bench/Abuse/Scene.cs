using System.Net.Http.Json;
using Chat.Bench.History;
using Chat.Bench.Processes;
using Chat.Contracts;

namespace Chat.Bench.Abuse;

/// <summary>
/// The people and rooms of a run: a guest, a crowd that shares two rooms with the guest, and a bystander, who is in the
/// same two rooms.
/// </summary>
internal sealed class Scene
{
    private const int Messages = 3_000, HeavyMessages = 200, ManyRooms = 150, BystandersRooms = 10, AtOnce = 8;

    /// <summary>The guest, who attacks.</summary>
    public required Person Guest { get; init; }

    /// <summary>The bystander, whose calls are timed.</summary>
    public required Person Bystander { get; init; }

    /// <summary>Members of the guest's room.</summary>
    public required IReadOnlyList<Person> Crowd { get; init; }

    /// <summary>The guest's room, with everybody in it and many messages.</summary>
    public required Room Own { get; init; }

    /// <summary>The bystander's public room, with everybody in it.</summary>
    public required Room Common { get; init; }

    /// <summary>The guest's private room, with messages of the largest size.</summary>
    public required Room Heavy { get; init; }

    /// <summary>The bystander's private room, where the timed messages go.</summary>
    public required Room Quiet { get; init; }

    /// <summary>Makes the people and rooms on a server without limits.</summary>
    public static async Task<Scene> MakeAsync(Uri server, int members, CancellationToken ct)
    {
        var guest = await Person.SignUpAsync(server, ct, "mallory");
        var bystander = await Person.SignUpAsync(server, ct, "bystander");
        var crowd = new Person[members];
        await Parallel.ForAsync(0, members, Options(ct),
            async (i, token) => crowd[i] = await Person.SignUpAsync(server, token, "member"));
        var own = await guest.CreateRoomAsync(ct);
        var common = await bystander.CreateRoomAsync(ct);
        var heavy = await guest.CreateRoomAsync(ct, RoomKind.Private);
        var quiet = await bystander.CreateRoomAsync(ct, RoomKind.Private);
        await guest.JoinAsync(common.Id, ct);
        await bystander.JoinAsync(own.Id, ct);
        await Parallel.ForEachAsync(crowd, Options(ct), async (person, token) =>
        {
            await person.JoinAsync(own.Id, token);
            await person.JoinAsync(common.Id, token);
        });
        await FillAsync(guest, own, Messages, "what people say", ct);
        await FillAsync(guest, heavy, HeavyMessages, $"a{new string('\u0001', 8_000)}a", ct);
        await Parallel.ForAsync(0, ManyRooms, Options(ct),
            async (_, token) => await guest.CreateRoomAsync(token, RoomKind.Private));
        await Parallel.ForAsync(0, BystandersRooms, Options(ct),
            async (_, token) => await bystander.CreateRoomAsync(token, RoomKind.Private));
        return new Scene
        {
            Guest = guest, Bystander = bystander, Crowd = crowd, Own = own, Common = common, Heavy = heavy,
            Quiet = quiet,
        };
    }

    /// <summary>The same people and rooms on another server with the same database.</summary>
    public Scene At(Uri server) => new()
    {
        Guest = Guest with { Server = server },
        Bystander = Bystander with { Server = server },
        Crowd = [.. Crowd.Select(p => p with { Server = server })],
        Own = Own,
        Common = Common,
        Heavy = Heavy,
        Quiet = Quiet,
    };

    private static ParallelOptions Options(CancellationToken ct) =>
        new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct };

    private static async Task FillAsync(Person who, Room room, int messages, string body, CancellationToken ct)
    {
        using var http = who.Http();
        await Parallel.ForAsync(0, messages, Options(ct), async (i, token) =>
        {
            using var answer = await http.PostAsJsonAsync($"/api/rooms/{room.Id}/messages",
                new NewMessage($"m{i}", body), ChatJson.Options, token);
            answer.EnsureSuccessStatusCode();
        });
    }
}
