namespace Chat.Server.Lab;

/// <summary>Bytes that went one way at one moment.</summary>
/// <param name="N">Its number among the pieces of its tap, from 1, without holes.</param>
/// <param name="Exchange">Which of the tap's requests it belongs to, from 1.</param>
/// <param name="FromClient">The way it went.</param>
/// <param name="At">When; milliseconds since 1970.</param>
/// <param name="Data">The bytes, as HTTP has them (above TLS, if there is any); in JSON as Base64.</param>
/// <param name="Cut">How many more bytes there were, which are not kept.</param>
internal sealed record Piece(long N, int Exchange, bool FromClient, long At, byte[] Data, int Cut = 0);
