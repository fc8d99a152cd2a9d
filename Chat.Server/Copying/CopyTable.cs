using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Chat.Server.Copying;

/// <summary>
/// A table as one of the databases has it, taken from EF Core's model: a table that is added to the model is copied without a word here. Rows
/// are arrays of the model's values, the same on both sides, in the order of <see cref="Columns"/>.
/// </summary>
internal sealed class CopyTable
{
    private const int RowsInPage = 500;
    private const int ParametersInStatement = 20_000; // SQLite takes 32,766, PostgreSQL 65,535

    private readonly int[] _key;

    private CopyTable(IEntityType entity)
    {
        Name = entity.GetTableName()!;
        var place = StoreObjectIdentifier.Table(Name, entity.GetSchema());
        Columns = [.. entity.GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new CopyColumn(p, p.GetColumnName(place)!))];
        _key = [.. entity.FindPrimaryKey()!.Properties.Select(p => Columns.ToList().FindIndex(c => c.Property == p))];
        SeededRows = entity.GetSeedData().Count();
        PageRows = Math.Min(RowsInPage, ParametersInStatement / Columns.Count);
    }

    public string Name { get; }

    public IReadOnlyList<CopyColumn> Columns { get; }

    public IEnumerable<CopyColumn> Key => _key.Select(i => Columns[i]);

    /// <summary>Rows that the migrations put there.</summary>
    public int SeededRows { get; }

    public int PageRows { get; }

    /// <summary>The tables of these contexts, each after those that it refers to.</summary>
    public static IReadOnlyList<CopyTable> Of(params DbContext[] contexts)
    {
        var ordered = new List<IEntityType>();
        foreach (var entity in contexts.SelectMany(c => c.GetService<IDesignTimeModel>().Model.GetEntityTypes()).Where(e => e.GetTableName() is not null))
            Add(entity);
        return [.. ordered.Select(e => new CopyTable(e))];

        void Add(IEntityType entity)
        {
            if (ordered.Contains(entity))
                return;
            foreach (var principal in entity.GetForeignKeys().Select(f => f.PrincipalEntityType).Where(p => p != entity))
                Add(principal);
            ordered.Add(entity);
        }
    }

    public object?[] KeyOf(object?[] row) => [.. _key.Select(i => row[i])];

    public object?[] Read(DbDataReader row) => [.. Columns.Select((c, i) => c.Read(row, i))];
}

/// <summary>A column, and how its values travel.</summary>
internal sealed class CopyColumn(IProperty property, string name)
{
    private readonly RelationalTypeMapping _mapping = property.GetRelationalTypeMapping();
    private readonly MethodInfo _read = property.GetRelationalTypeMapping().GetDataReaderMethod();

    public IProperty Property => property;

    public string Name => name;

    public string Quoted => $"\"{name}\"";

    public bool IsText => (_mapping.Converter?.ProviderClrType ?? property.ClrType) == typeof(string);

    /// <summary>Whether the database gives it numbers of its own.</summary>
    public bool IsNumbered => property.ValueGenerated == ValueGenerated.OnAdd && (property.ClrType == typeof(int) || property.ClrType == typeof(long));

    /// <summary>The model's value.</summary>
    public object? Read(DbDataReader row, int ordinal)
    {
        if (row.IsDBNull(ordinal))
            return null;
        var value = _read.Invoke(row, [ordinal]);
        return _mapping.Converter is { } converter ? converter.ConvertFromProvider(value) : value;
    }

    public void AddParameter(DbCommand command, string parameter, object? value) => command.Parameters.Add(
        _mapping.CreateParameter(command, parameter, value is DateTimeOffset time ? time.ToUniversalTime() : value, nullable: true));

    /// <summary>
    /// As text, the same for the same value in every database. PostgreSQL keeps times to the microsecond, SQLite to the tenth of one.
    /// </summary>
    public static string? Canonical(object? value) => value switch
    {
        null => null,
        DateTime time => (time.Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => (time.UtcTicks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture),
        byte[] bytes => Convert.ToHexString(bytes),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
