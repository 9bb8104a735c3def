using System.Globalization;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Whether a table is read in the order of its key, and where the ranges of its keys lie.</summary>
internal static class KeyRead
{
    /// <summary>Tables from this size on are read by key where nothing else is said: reading one again from its beginning takes minutes.</summary>
    public const long AutoBytes = 1L << 30;

    // Rows looked at for each range, of whole blocks picked at random.
    private const int SampledBlocks = 10;

    private const int MostRanges = 1000;

    // Keys may lie anywhere in a table, so that each range may look at all of it: there are to be few.
    private const int ChunksOfRange = 4;

    /// <summary>The primary key of a table, if its columns have an order that a read could follow.</summary>
    public static RowKey? Find(TableInfo table, IReadOnlyDictionary<uint, PgType> types)
    {
        if (table.Key.Count == 0 || table.Kind is not (TableKind.Table or TableKind.Partitioned))
        {
            return null;
        }

        ColumnInfo[] columns = [.. table.Key.Select(k => table.Columns.First(c => c.Name == k))];
        return Array.TrueForAll(columns, c => CursorKinds.Find(types, c.Type) is not null)
            ? new RowKey([.. columns.Select(c => ($"t.{TableName.Quote(c.Name)}", c.TypeText))])
            : null;
    }

    /// <summary>Whether a read of a whole table can go on after it was cut off.</summary>
    public static bool Resumes(TableInfo table, IReadOnlyDictionary<uint, PgType> types, ReadBy by) => by switch
    {
        ReadBy.Storage => false,
        ReadBy.Key => true,
        _ => table.Bytes >= AutoBytes && Find(table, types) is not null,
    };

    /// <summary>The key to read by; null to read as rows are stored.</summary>
    public static RowKey? Choose(TableInfo table, IReadOnlyDictionary<uint, PgType> types, PostgresSourceOptions options, ReadRequest request)
    {
        // A read that was cut off goes on in the order in which it began.
        bool goesOn = PositionOf(table, request) is not null;
        if (!goesOn && (options.ReadBy == ReadBy.Auto && request.IsOneEpoch || !Resumes(table, types, options.ReadBy)))
        {
            return null;
        }

        return Find(table, types) ?? throw PostgresErrors.BadOption.Error(
            $"{table.Name} has no primary key whose columns have an order: it cannot be read by key.",
            new ErrorPlace { Stream = table.Name.ToString() },
            "Leave out `read_by`, or set it to storage.");
    }

    /// <summary>The key behind which the read goes on; null for a read from the beginning.</summary>
    public static IReadOnlyList<string>? PositionOf(TableInfo table, ReadRequest request)
        => request.Since?.Splits.GetValueOrDefault(table.Name.ToString()) is { Done: false } last ? KeyPosition.Find(last.Position) : null;

    /// <summary>The last keys of ranges of about a size, as a sample of the table's blocks tells them; none for one range.</summary>
    public static async ValueTask<IReadOnlyList<IReadOnlyList<string>>> BoundsAsync(ExportedSnapshot snapshot, TableInfo table, RowKey key, ReadRequest request, long chunkBytes, CancellationToken cancellation)
    {
        long ranges = Math.Min(MostRanges, table.Bytes / (Math.Max(1, chunkBytes) * ChunksOfRange));
        double percent = table.Bytes == 0 ? 100 : Math.Min(100, 100.0 * ranges * SampledBlocks * 8192 / table.Bytes);
        if (ranges < 2)
        {
            return [];
        }

        string where = PositionOf(table, request) is { } last ? $" WHERE {key.Behind(last)}" : "";
        string sql = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT coalesce(array_agg(part ORDER BY n, place), ARRAY[]::text[])
              FROM (SELECT n, texts
                      FROM (SELECT row_number() OVER (ORDER BY {key.OrderBy}) AS n, count(*) OVER () AS rows, ARRAY[{string.Join(", ", key.Texts)}] AS texts
                              FROM {table.Source} t TABLESAMPLE SYSTEM ({percent:0.######}) REPEATABLE (1){where}) sample
                     WHERE n < rows AND n * {ranges} / rows <> (n + 1) * {ranges} / rows) bounds
              CROSS JOIN LATERAL unnest(texts) WITH ORDINALITY key(part, place)
            """);
        string[] texts = await snapshot.QueryAsync(sql, r => r.GetFieldValue<string[]>(0), cancellation).ConfigureAwait(false);
        return [.. texts.Chunk(key.Count)];
    }
}
