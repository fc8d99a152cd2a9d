using Chat.Contracts;
using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Chat.Server.Log;

/// <summary>
/// Answers the questions about rooms and members that come before a person makes or joins one more. Thread-safe.
/// </summary>
public sealed class Memberships(IDbContextFactory<LogDb> databases)
{
    /// <summary>
    /// The number of rooms that a user is in, counted up to <paramref name="most"/>, which bounds the read.
    /// </summary>
    /// <exception cref="ChatException"><c>unavailable</c></exception>
    public Task<int> CountAsync(string userId, int most) =>
        ReadAsync(db => db.Members.Where(m => m.UserId == userId && m.LeftSeq == null)
            .OrderBy(m => m.RoomId).Take(most).CountAsync());

    private async Task<T> ReadAsync<T>(Func<LogDb, Task<T>> read)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            return await read(db);
        }
        catch (Exception e) when (DatabaseErrors.IsFrom(e))
        {
            throw new ChatException(ErrorCodes.Unavailable, "the log cannot be read now", e);
        }
    }
}
