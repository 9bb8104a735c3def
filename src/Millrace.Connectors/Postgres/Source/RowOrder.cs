using System.Globalization;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>The order in which an incremental read goes through a table: by the cursor, and among equal values by what tells rows apart.</summary>
internal sealed class RowOrder : ICursorOrder
{
    private readonly RowKey _key;
    private readonly string _cursorType;

    private RowOrder(ColumnInfo cursor, CursorKind kind, IReadOnlyList<string> names, RowKey key)
    {
        CursorName = cursor.Name;
        Cursor = $"t.{TableName.Quote(cursor.Name)}";
        Kind = kind;
        IsNullable = !cursor.NotNull;
        Names = [cursor.Name, .. names];
        _cursorType = cursor.TypeText;
        _key = key;
    }

    public string CursorName { get; }

    /// <summary>The cursor in SQL, where <c>t</c> is the table: names alone could be those of what is selected.</summary>
    public string Cursor { get; }

    public CursorKind Kind { get; }

    public bool IsNullable { get; }

    /// <summary>The present, as the cursor tells time.</summary>
    public string Now => _cursorType.EndsWith("with time zone", StringComparison.Ordinal) || !_cursorType.StartsWith("timestamp", StringComparison.Ordinal) ? "now()" : "localtimestamp";

    /// <summary>Columns of the table that a position is made of.</summary>
    public IEnumerable<string> Names { get; }

    /// <summary>What stands behind ORDER BY.</summary>
    public string OrderBy => $"{Cursor} NULLS FIRST, {_key.OrderBy}";

    /// <summary>The columns, as text, that a position is made of.</summary>
    public string Select => string.Join(", ", _key.Texts.Prepend($"{Cursor}::text"));

    /// <summary>Columns of <see cref="Select"/>.</summary>
    public int Count => 1 + _key.Count;

    /// <summary>The order for a request.</summary>
    /// <param name="table">The table.</param>
    /// <param name="types">Types of its columns.</param>
    /// <param name="cursor">Name of the cursor; null when none was given.</param>
    /// <param name="tieBreaker">Columns that identify a row among those with one value; empty for the primary key.</param>
    public static RowOrder Of(TableInfo table, IReadOnlyDictionary<uint, PgType> types, string? cursor, IReadOnlyList<string> tieBreaker)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString(), Field = cursor };
        if (cursor is null)
        {
            throw PostgresErrors.BadCursor.Error($"An incremental read of {table.Name} needs a cursor.", place, Candidates(table, types));
        }

        ColumnInfo column = table.Columns.FirstOrDefault(c => c.Name == cursor)
            ?? throw PostgresErrors.BadCursor.Error($"{table.Name} has no column '{cursor}'{NearestName.Suggest(cursor, table.Columns.Select(c => c.Name))}.", place, Candidates(table, types));
        if (CursorKinds.Find(types, column.Type) is not { } kind)
        {
            throw PostgresErrors.BadCursor.Error($"The column '{cursor}' is {column.TypeText}, whose values do not grow in an order that a cursor could follow.", place, Candidates(table, types));
        }

        IReadOnlyList<string> names = tieBreaker.Count > 0 ? tieBreaker : table.Key;
        return new RowOrder(column, kind, names, new RowKey(Key(table, names, place)));
    }

    public string CursorLiteral(string value) => SqlText.Literal(value, _cursorType);

    public string Before(string value, TimeSpan time) => $"{CursorLiteral(value)} - {Interval(time)}";

    public static string Interval(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"interval '{time.TotalMilliseconds} milliseconds'");

    /// <summary>What the rows behind one fulfil, among those with its value of the cursor.</summary>
    public string Behind(IReadOnlyList<string> key) => _key.Behind(key);

    // A row's xmin is the low half of the number of the transaction that wrote it. It is new if that transaction began after the
    // snapshot was taken or was under way then; comparing modulo 2^32, as the server does, tells before from after.
    public string IsNew(string seen)
    {
        string[] parts = seen.Split(':');
        string test = string.Create(CultureInfo.InvariantCulture, $"((xmin::text::int8 - {Low(parts[1])}) & 4294967295) < 2147483648");
        return parts[2].Length == 0 ? test : $"{test} OR xmin::text::int8 IN ({string.Join(", ", parts[2].Split(',').Select(Low))})";
    }

    private static uint Low(string transaction) => unchecked((uint)ulong.Parse(transaction, CultureInfo.InvariantCulture));

    private static IReadOnlyList<(string Sql, string Type)> Key(TableInfo table, IReadOnlyList<string> names, ErrorPlace place)
    {
        if (names.Count > 0)
        {
            return [.. names.Select(n => table.Columns.FirstOrDefault(c => c.Name == n) is { } column
                ? ($"t.{TableName.Quote(n)}", column.TypeText)
                : throw PostgresErrors.BadOption.Error($"{table.Name} has no column '{n}', which `tie_breaker` names{NearestName.Suggest(n, table.Columns.Select(c => c.Name))}.", place))];
        }

        // A row's place: it stays where it is as long as it is not updated, and an update changes the cursor.
        return table.Kind switch
        {
            TableKind.Table when table.ShowsPlaces => [("t.ctid", "tid")],
            TableKind.Partitioned when table.ShowsPlaces => [("t.tableoid", "oid"), ("t.ctid", "tid")],
            _ => throw PostgresErrors.BadCursor.Error($"{table.Name} has no primary key, so nothing tells rows with the same '{place.Field}' apart.", place, "Name columns that do with `tie_breaker`."),
        };
    }

    private static string Candidates(TableInfo table, IReadOnlyDictionary<uint, PgType> types)
        => CursorCandidates.Hint(table.Columns.Select(c => (c.Name, CursorKinds.Find(types, c.Type))));
}
