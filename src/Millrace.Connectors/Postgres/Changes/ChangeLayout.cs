using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>The columns of the rows of changes: those of the table and, behind them, those that say what happened.</summary>
internal sealed class ChangeLayout
{
    private static readonly Field[] Extra =
    [
        new(ChangeColumns.Op, DataType.Utf8, nullable: false),
        new(ChangeColumns.Unchanged, DataType.List(DataType.Utf8)),
        new(ChangeColumns.Position, DataType.Utf8, nullable: false),
        new(ChangeColumns.CommittedAt, DataType.Timestamp(TimeUnit.Microsecond, "UTC")),
    ];

    private ChangeLayout(Schema schema, ColumnInfo[] columns, TypeMapping[] mappings, int[] places, int[] extra, int[] slots)
    {
        Schema = schema;
        Columns = columns;
        Mappings = mappings;
        Places = places;
        ExtraPlaces = extra;
        Slots = slots;
    }

    public Schema Schema { get; }

    /// <summary>The columns of the table that are wanted.</summary>
    public IReadOnlyList<ColumnInfo> Columns { get; }

    /// <summary>How each of them is read from the stream.</summary>
    public IReadOnlyList<TypeMapping> Mappings { get; }

    /// <summary>Where each of them stands in the schema.</summary>
    public IReadOnlyList<int> Places { get; }

    /// <summary>Where the columns of <see cref="ChangeColumns.All"/> stand in the schema; -1 for one that is not wanted.</summary>
    public IReadOnlyList<int> ExtraPlaces { get; }

    /// <summary>For each column of the shape its place in <see cref="Columns"/>; -1 for one that is not wanted.</summary>
    public int[] Slots { get; }

    /// <param name="shape">The columns that the stream has.</param>
    /// <param name="types">Finds the types.</param>
    /// <param name="table">The table as it is now.</param>
    /// <param name="wanted">The columns wanted; null for all.</param>
    public static ChangeLayout Of(RelationShape shape, StreamTypes types, ChangeTable table, IReadOnlyList<RequestedColumn>? wanted)
    {
        var place = new ErrorPlace { Stream = table.Name.ToString() };
        var own = new List<ColumnInfo>();
        foreach (RelationColumn column in shape.Columns)
        {
            own.Add(new ColumnInfo(column.Name, column.Type, column.Modifier, NotNull: false, types.NameOf(column.Type), null, IsGenerated: false, HasDefault: false));
            if (ChangeColumns.All.Contains(column.Name))
            {
                throw ChangeErrors.NotForChanges.Error($"The table {table.Name} has a column '{column.Name}', which is the name of one that tells of changes.", place);
            }
        }

        // One that was added later than the rows that come now has no values in them.
        own.AddRange(table.Info.Columns.Where(c => wanted?.Any(w => w.Name == c.Name) == true && !table.Computed.Contains(c.Name) && shape.Columns.All(o => o.Name != c.Name)));
        // Of a column that nobody wants it does not matter whether its type can be read.
        own.RemoveAll(c => wanted?.All(w => w.Name != c.Name) == true);
        Schema all = new([.. own.Select(c => new Field(c.Name, types.Require(c, place).Type)), .. Extra]);
        string[] names = [.. wanted?.Select(w => w.Name) ?? all.Fields.Select(f => f.Name)];
        if (!names.Contains(ChangeColumns.Op))
        {
            throw ChangeErrors.NotForChanges.Error($"The columns of the job lack '{ChangeColumns.Op}', without which nobody can tell a row that is gone from one that is there.", place, $"Add `{ChangeColumns.Op}`, and `{ChangeColumns.Unchanged}`, to `columns:`.");
        }

        int[] chosen = [.. names.Select(n => all.Require(n))];
        int[] places = [.. Enumerable.Range(0, names.Length).Where(i => chosen[i] < own.Count)];
        ColumnInfo[] columns = [.. places.Select(p => own[chosen[p]])];
        return new ChangeLayout(
            new Schema(chosen.Select(i => all[i])),
            columns,
            [.. columns.Select(c => types.Require(c, place))],
            places,
            [.. ChangeColumns.All.Select(n => Array.IndexOf(names, n))],
            [.. shape.Columns.Select(c => Array.FindIndex(columns, o => o.Name == c.Name))]);
    }
}
