namespace Chat.Server.Log.Sqlite;

/// <summary>
/// The value of a parameter: text, a number, or NULL. It is a struct, because each message has fifteen of them.
/// </summary>
internal readonly struct SqliteValue
{
    private SqliteValue(string? text, long? number) => (Text, Number) = (text, number);

    public string? Text { get; }

    public long? Number { get; }

    public static implicit operator SqliteValue(string? text) => new(text, null);

    public static implicit operator SqliteValue(long number) => new(null, number);

    public static implicit operator SqliteValue(long? number) => new(null, number);

    public static implicit operator SqliteValue(bool flag) => new(null, flag ? 1 : 0);
}
