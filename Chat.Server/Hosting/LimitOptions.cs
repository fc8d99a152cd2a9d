using Chat.Contracts;
using Microsoft.Extensions.Options;

namespace Chat.Server.Hosting;

/// <summary>The section <c>Chat:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Chat:Limits";

    /// <summary>
    /// Messages a second that one user may send for as long as they like; 20. Other stored events count, too: edits,
    /// reactions, joins, leaves, invitations, renames. A message counts once more for each 4 KiB.
    /// </summary>
    public int SendRate { get; init; } = 20;

    /// <summary>Messages that one user may send at once after a rest; 100.</summary>
    public int SendBurst { get; init; } = 100;

    /// <summary>
    /// Calls other than sending a second that one user may make for as long as they like; 200. Each request over HTTP
    /// with a token or cookie is one. Of requests that send messages or carry a hub connection there may be four times
    /// as many: what is in them counts.
    /// </summary>
    public int CallRate { get; init; } = 200;

    /// <summary>Calls other than sending that one user may make at once after a rest; 1,000.</summary>
    public int CallBurst { get; init; } = 1_000;

    /// <summary>Read markers a second that one user may move for as long as they like; 20. More of them wait.</summary>
    public int MarkRate { get; init; } = 20;

    /// <summary>Read markers that one user may move at once after a rest; 100.</summary>
    public int MarkBurst { get; init; } = 100;

    /// <summary>Changes of one room's name or topic a minute by one user; 20. All of them may come at once.</summary>
    public int RoomChangesPerMinute { get; init; } = 20;

    /// <summary>
    /// Reads a second that one user may cause for as long as they like; 50. A list of rooms, a <c>Sync</c> or a page
    /// counts as one, and more if it is large. More of them wait.
    /// </summary>
    public int ReadRate { get; init; } = 50;

    /// <summary>Reads that one user may cause at once after a rest; 200.</summary>
    public int ReadBurst { get; init; } = 200;

    /// <summary>Reads of one user that run at the same time; 2. More of them wait, up to 32.</summary>
    public int ReadsAtOnce { get; init; } = 2;

    /// <summary>Refused or malformed calls a second that one user may make for as long as they like; 10.</summary>
    public int RefusalRate { get; init; } = 10;

    /// <summary>
    /// Refused or malformed calls that one user may make at once after a rest, before the connection ends; 500.
    /// </summary>
    public int RefusalBurst { get; init; } = 500;

    /// <summary>
    /// The time by which the server delays the refusal of a request over a rate; 1 s, at most 2 s, since the page takes
    /// a server that is silent for 3 s as unreachable. It slows down a client that repeats the request at once.
    /// </summary>
    public TimeSpan RefusalDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Hub connections that one user may begin in a minute, at most <see cref="Connections"/> of them at once; 600. A
    /// malformed message, which ends its connection, counts as four more.
    /// </summary>
    public int ConnectsPerMinute { get; init; } = 600;

    /// <summary>
    /// Hub connections of one user at the same time, on each node; 100. One more ends the one that was silent longest.
    /// </summary>
    public int Connections { get; init; } = 100;

    /// <summary>
    /// Plain feeds of one user at the same time, on each node; 200. One more ends the one that was silent longest.
    /// </summary>
    public int Streams { get; init; } = 200;

    /// <summary>
    /// Bytes of answers to one user that the server is making or that the user's clients have not read, over all their
    /// connections to a node; 8 MiB. An answer counts as <see cref="AnswerBytes"/> from before it is made until it is
    /// written.
    /// </summary>
    public int UnreadBytes { get; init; } = 8 * AnswerBytes;

    /// <summary>The size that one answer counts as. A page of events is bounded to about this.</summary>
    public const int AnswerBytes = 1024 * 1024;

    /// <summary>Rooms that one user may be in before they can neither make nor join another; 10,000.</summary>
    public int Rooms { get; init; } = 10_000;

    /// <summary>Rooms that one user may make or join in an hour; 300.</summary>
    public int RoomsPerHour { get; init; } = 300;

    /// <summary>Direct rooms that one user may open in an hour; 200. Those that they have do not count.</summary>
    public int DirectsPerHour { get; init; } = 200;

    /// <summary>People whom one user may invite into rooms in an hour; 1,000.</summary>
    public int InvitationsPerHour { get; init; } = 1_000;

    /// <summary>How often one user may invite the same person into rooms in an hour; 20.</summary>
    public int InvitationsOfOnePerHour { get; init; } = 20;

    /// <summary>People whom one user may block or unblock, and requests that they may answer, an hour; 600.</summary>
    public int BlocksPerHour { get; init; } = 600;

    /// <summary>
    /// Names that one user may look up in an hour; 2,000. People with whom they have a direct room do not count.
    /// </summary>
    public int NamesPerHour { get; init; } = 2_000;

    /// <summary>New guests and accounts a minute from one address; 30.</summary>
    public int AccountsPerMinute { get; init; } = 30;

    /// <summary>Most bytes of UTF-8 in a message body; 16,384, at most 32,768 so that it fits a hub message.</summary>
    public int BodyBytes { get; init; } = Limits.BodyBytes;

    /// <summary>Most events in a page; 200, at most 1,000.</summary>
    public int PageSize { get; init; } = Limits.PageSize;

    /// <summary>How many events a room may be ahead of a client's cursor before the client is told to page; 10,000.</summary>
    public int CatchUp { get; init; } = 10_000;
}

/// <summary>Says at start which key is wrong.</summary>
internal sealed class LimitOptionsValidator : IValidateOptions<LimitOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitOptions options)
    {
        var wrong = new List<string>();
        Range(nameof(options.SendRate), options.SendRate, 1, 1_000_000);
        Range(nameof(options.SendBurst), options.SendBurst, 1, 1_000_000);
        Range(nameof(options.CallRate), options.CallRate, 1, 1_000_000);
        Range(nameof(options.CallBurst), options.CallBurst, 1, 1_000_000);
        Range(nameof(options.MarkRate), options.MarkRate, 1, 1_000_000);
        Range(nameof(options.MarkBurst), options.MarkBurst, 1, 1_000_000);
        Range(nameof(options.RoomChangesPerMinute), options.RoomChangesPerMinute, 1, 1_000_000);
        Range(nameof(options.ReadRate), options.ReadRate, 1, 1_000_000);
        Range(nameof(options.ReadBurst), options.ReadBurst, 1, 1_000_000);
        Range(nameof(options.ReadsAtOnce), options.ReadsAtOnce, 1, 1_000);
        Range(nameof(options.RefusalRate), options.RefusalRate, 1, 1_000_000);
        Range(nameof(options.RefusalBurst), options.RefusalBurst, 1, 1_000_000);
        Range(nameof(options.ConnectsPerMinute), options.ConnectsPerMinute, 1, 1_000_000);
        Range(nameof(options.Connections), options.Connections, 1, 1_000_000);
        Range(nameof(options.Streams), options.Streams, 1, 1_000_000);
        Range(nameof(options.UnreadBytes), options.UnreadBytes, LimitOptions.AnswerBytes,
            1024 * LimitOptions.AnswerBytes);
        Range(nameof(options.Rooms), options.Rooms, 1, 1_000_000);
        Range(nameof(options.RoomsPerHour), options.RoomsPerHour, 1, 1_000_000);
        Range(nameof(options.DirectsPerHour), options.DirectsPerHour, 1, 1_000_000);
        Range(nameof(options.InvitationsPerHour), options.InvitationsPerHour, 1, 1_000_000);
        Range(nameof(options.InvitationsOfOnePerHour), options.InvitationsOfOnePerHour, 1, 1_000_000);
        Range(nameof(options.BlocksPerHour), options.BlocksPerHour, 1, 1_000_000);
        Range(nameof(options.NamesPerHour), options.NamesPerHour, 1, 1_000_000);
        Range(nameof(options.AccountsPerMinute), options.AccountsPerMinute, 1, 1_000_000);
        Range(nameof(options.BodyBytes), options.BodyBytes, 1, Limits.HubMessageBytes / 2);
        Range(nameof(options.PageSize), options.PageSize, 1, 1_000);
        Range(nameof(options.CatchUp), options.CatchUp, 1, 1_000_000);
        if (options.RefusalDelay < TimeSpan.Zero || options.RefusalDelay > TimeSpan.FromSeconds(2))
            wrong.Add($"{LimitOptions.Section}:{nameof(options.RefusalDelay)} must be between 0 and 2 s, "
                + $"not {options.RefusalDelay}.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Range(string key, int value, int min, int max)
        {
            if (value < min || value > max) wrong.Add($"{LimitOptions.Section}:{key} must be between {min} and {max}, not {value}.");
        }
    }
}

/// <summary>Adds <see cref="LimitOptions"/>.</summary>
public static class LimitServices
{
    /// <summary>Binds the section and checks it at start.</summary>
    public static WebApplicationBuilder AddLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<LimitOptions>, LimitOptionsValidator>();
        builder.Services.AddSingleton<RequestRates>();
        return builder;
    }
}
