using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>The order in which an incremental read goes through a table: by the cursor, and among equal values by what tells rows apart.</summary>
internal sealed class RowOrder : ICursorOrder
{
    private readonly ColumnInfo _column;
    private readonly KeyOrder? _key;

    private RowOrder(ColumnInfo cursor, CursorKind kind, KeyOrder? key)
    {
        _column = cursor;
        Kind = kind;
        _key = key;
    }

    public string CursorName => _column.Name;

    /// <summary>The cursor in SQL, where <c>t</c> is the table: names alone could be those of what is selected.</summary>
    public string Cursor => $"t.{TableName.Quote(_column.Name)}";

    public CursorKind Kind { get; }

    public bool IsNullable => !_column.NotNull;

    /// <summary>Whether no two rows have the same value.</summary>
    public bool IsUnique => _key is null;

    /// <summary>
    /// The present, as the cursor tells time. A datetime has no zone; where others fill it, it is most likely that of the server.
    /// </summary>
    public string Now => _column.Type == "timestamp" ? "UTC_TIMESTAMP(6)" : "COALESCE(CONVERT_TZ(UTC_TIMESTAMP(6), '+00:00', @@global.time_zone), UTC_TIMESTAMP(6))";

    /// <summary>Columns of the table that a position is made of.</summary>
    public IEnumerable<string> Names => (_key?.Columns ?? []).Select(c => c.Name).Prepend(_column.Name);

    /// <summary>What stands behind ORDER BY; NULL comes first.</summary>
    public string OrderBy => _key is null ? Cursor : $"{Cursor}, {_key.OrderBy}";

    /// <summary>The columns, as text, that a position is made of.</summary>
    public IEnumerable<string> Select => (_key?.Select ?? []).Prepend(Cursor);

    /// <summary>Columns of <see cref="Select"/>.</summary>
    public int Count => 1 + (_key?.Count ?? 0);

    /// <summary>The order for a request.</summary>
    /// <param name="table">The table.</param>
    /// <param name="cursor">Name of the cursor; null when none was given.</param>
    /// <param name="tieBreaker">Columns that identify a row among those with one value; empty for the primary key.</param>
    public static RowOrder Of(TableInfo table, string? cursor, IReadOnlyList<string> tieBreaker)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString(), Field = cursor };
        if (cursor is null)
        {
            throw MySqlErrors.BadCursor.Error($"An incremental read of {table.Name} needs a cursor.", place, Candidates(table));
        }

        ColumnInfo column = table.Find(cursor)
            ?? throw MySqlErrors.BadCursor.Error($"{table.Name} has no column '{cursor}'{NearestName.Suggest(cursor, table.Columns.Select(c => c.Name))}.", place, Candidates(table));
        if (KindOf(column) is not { } kind)
        {
            throw MySqlErrors.BadCursor.Error($"The column '{cursor}' is {column.TypeText}, whose values do not grow in an order that a cursor could follow.", place, Candidates(table));
        }

        if (tieBreaker.Count == 0 && column.NotNull && table.Indexes.Any(i => i is { IsUnique: true, IsPartial: false } && i.Columns is [var only] && only == column.Name))
        {
            return new RowOrder(column, kind, null);
        }

        foreach (string name in tieBreaker)
        {
            if (table.Find(name) is null)
            {
                throw MySqlErrors.BadOption.Error($"{table.Name} has no column '{name}', which `tie_breaker` names{NearestName.Suggest(name, table.Columns.Select(c => c.Name))}.", place);
            }
        }

        KeyOrder key = (tieBreaker.Count > 0 ? KeyOrder.Of(table, tieBreaker) : KeyOrder.OfPrimaryKey(table))
            ?? throw MySqlErrors.BadCursor.Error($"Nothing tells rows of {table.Name} with the same '{cursor}' apart: {(tieBreaker.Count > 0 ? "the columns of `tie_breaker` have no order that a position could name" : "it has no primary key")}.", place, "Name columns that do with `tie_breaker`.");
        return new RowOrder(column, kind, key);
    }

    public string CursorLiteral(string value) => TypeMapper.Constant(_column, value);

    /// <summary>A value of the cursor some time earlier.</summary>
    public string Before(string value, TimeSpan time)
        => $"CAST({CursorLiteral(value)} AS {(Kind == CursorKind.Date ? "DATE" : "DATETIME(6)")}) - {Interval(time)}";

    public string Behind(IReadOnlyList<string> key) => (_key, key.Count) switch
    {
        (null, 0) => "FALSE",
        ({ } order, var count) when order.Count == count => order.Behind(key),
        _ => throw MySqlErrors.OtherCursor.Error($"The progress of the job names {key.Count} columns that tell rows apart; there are {Count - 1} now."),
    };

    /// <summary>Rows do not tell which transaction wrote them.</summary>
    public string IsNew(string seen) => "FALSE";

    public static string Interval(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"INTERVAL {time.Ticks / TimeSpan.TicksPerMicrosecond} MICROSECOND");

    private static CursorKind? KindOf(ColumnInfo column) => column.Type switch
    {
        "timestamp" or "datetime" => CursorKind.Time,
        "date" => CursorKind.Date,
        "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "decimal" => CursorKind.Number,
        "char" or "varchar" or "uuid" => CursorKind.Other,
        _ => null,
    };

    private static string Candidates(TableInfo table) => CursorCandidates.Hint(table.Columns.Select(c => (c.Name, KindOf(c))));
}
