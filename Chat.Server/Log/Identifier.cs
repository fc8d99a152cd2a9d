namespace Chat.Server.Log;

/// <summary>Ids of events.</summary>
public static class Identifier
{
    /// <summary>An event's id: its place, since that is unique already and needs no storage.</summary>
    public static string OfEvent(string roomId, long seq) => $"{roomId}-{seq}";
}
