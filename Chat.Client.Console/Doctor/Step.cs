namespace Chat.Client.Console.Doctor;

/// <summary>What the doctor does at the moment.</summary>
/// <param name="Doing">In a few words.</param>
/// <param name="Lasts">How long it takes, where that is known.</param>
public sealed record Step(string Doing, TimeSpan? Lasts = null);
