using Millrace.Connectors.Common;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>What matters of a table whose changes are read.</summary>
/// <param name="Info">The table as the catalogue has it now.</param>
/// <param name="Types">How values are read from the log.</param>
/// <param name="Mapper">How values are read by a query.</param>
/// <param name="IgnoresCase">Whether the server takes names of other case for the same.</param>
internal sealed record LogTable(TableInfo Info, LoggedTypes Types, TypeMapper Mapper, bool IgnoresCase)
{
    public TableName Name => Info.Name;

    public ErrorPlace Place { get; } = new() { Stream = Info.Name.ToString() };
}

/// <summary>What rows of changes are made of.</summary>
/// <param name="Rows">Their columns.</param>
/// <param name="Mappings">How each column of the table that is wanted is read from the log.</param>
internal sealed record LogLayout(ChangeSchema Rows, IReadOnlyList<TypeMapping> Mappings)
{
    /// <summary>The columns that a query would give, for the rows that are there.</summary>
    public static LogLayout Of(LogTable table, IReadOnlyList<RequestedColumn>? wanted)
    {
        // What the server computes is not in the log wherever it is not stored.
        ColumnInfo[] own = [.. table.Info.Columns.Where(c => !c.IsGenerated)];
        return Of(table, own.Select(c => (c.Name, table.Mapper.Map(c))), own.Select(c => c.Name), wanted);
    }

    /// <summary>The columns that the log has.</summary>
    public static LogLayout Of(LogTable table, TableMap shape, IReadOnlyList<RequestedColumn>? wanted)
    {
        var own = new List<(string Name, TypeMapping Mapping)>();
        foreach (StreamColumn column in shape.Columns)
        {
            // Of a column that nobody wants it does not matter whether its type can be read.
            ColumnInfo? now = table.Info.Find(column.Name);
            if (now is not { IsGenerated: true } && wanted?.All(w => w.Name != column.Name) != true)
            {
                own.Add((column.Name, table.Types.Require(column, now, table.Place)));
            }
        }

        // One that was added later than the rows that come now has no values in them.
        IEnumerable<ColumnInfo> later = table.Info.Columns.Where(c => wanted?.Any(w => w.Name == c.Name) == true && !c.IsGenerated && shape.Columns.All(o => o.Name != c.Name));
        own.AddRange(later.Select(c => (c.Name, table.Mapper.Map(c))));
        return Of(table, own, shape.Columns.Select(c => c.Name), wanted);
    }

    public ColumnDecoder[] MakeDecoders(int capacity, NoDates none) => [.. Mappings.Select(m => m.Decoder(capacity, none))];

    private static LogLayout Of(LogTable table, IEnumerable<(string Name, TypeMapping Mapping)> columns, IEnumerable<string> stream, IReadOnlyList<RequestedColumn>? wanted)
    {
        (string Name, TypeMapping Mapping)[] own = [.. columns];
        ChangeSchema.RequireFree(own.Select(c => c.Name), LogErrors.NotForChanges, table.Place);
        var rows = ChangeSchema.Of([.. own.Select(c => new Field(c.Name, c.Mapping.Type))], stream, wanted, LogErrors.NotForChanges, table.Place);
        return new LogLayout(rows, [.. rows.Chosen.Select(c => own[c].Mapping)]);
    }
}
