using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>The columns of the rows of changes: those of the table and, behind them, those that say what happened.</summary>
internal sealed class ChangeSchema
{
    private static readonly Field[] Extra =
    [
        new(ChangeColumns.Op, DataType.Utf8, nullable: false),
        new(ChangeColumns.Unchanged, DataType.List(DataType.Utf8)),
        new(ChangeColumns.Position, DataType.Utf8, nullable: false),
        new(ChangeColumns.CommittedAt, DataType.Timestamp(TimeUnit.Microsecond, "UTC")),
    ];

    private ChangeSchema(Schema schema, int[] places, int[] chosen, int[] extra, int[] slots)
    {
        Schema = schema;
        Places = places;
        Chosen = chosen;
        Names = [.. places.Select(p => schema[p].Name)];
        ExtraPlaces = extra;
        Slots = slots;
    }

    public Schema Schema { get; }

    /// <summary>Names of the columns of the table that are wanted.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Where each of them stands in the schema.</summary>
    public IReadOnlyList<int> Places { get; }

    /// <summary>Where each of them stood among the columns that could be had.</summary>
    public IReadOnlyList<int> Chosen { get; }

    /// <summary>Where the columns of <see cref="ChangeColumns.All"/> stand in the schema; -1 for one that is not wanted.</summary>
    public IReadOnlyList<int> ExtraPlaces { get; }

    /// <summary>For each column of the stream its place in <see cref="Names"/>; -1 for one that is not wanted.</summary>
    public int[] Slots { get; }

    /// <param name="own">Columns of the table that can be had.</param>
    /// <param name="stream">Names of the columns that rows of the stream have, in their order.</param>
    /// <param name="wanted">The columns wanted; null for all.</param>
    /// <param name="unfit">What it is when rows of changes cannot be made of that.</param>
    /// <param name="place">The table.</param>
    public static ChangeSchema Of(IReadOnlyList<Field> own, IEnumerable<string> stream, IReadOnlyList<RequestedColumn>? wanted, ErrorCode unfit, ErrorPlace place)
    {
        var all = new Schema([.. own, .. Extra]);
        string[] names = [.. wanted?.Select(w => w.Name) ?? all.Fields.Select(f => f.Name)];
        if (!names.Contains(ChangeColumns.Op))
        {
            throw unfit.Error($"The columns of the job lack '{ChangeColumns.Op}', without which nobody can tell a row that is gone from one that is there.", place, $"Add `{ChangeColumns.Op}`, and `{ChangeColumns.Unchanged}`, to `columns:`.");
        }

        int[] chosen = [.. names.Select(n => all.Require(n))];
        int[] places = [.. Enumerable.Range(0, names.Length).Where(i => chosen[i] < own.Count)];
        string[] columns = [.. places.Select(p => names[p])];
        return new ChangeSchema(
            new Schema(chosen.Select(i => all[i])),
            places,
            [.. places.Select(p => chosen[p])],
            [.. ChangeColumns.All.Select(n => Array.IndexOf(names, n))],
            [.. stream.Select(n => Array.FindIndex(columns, c => all[all.Require(c)].Name == n))]);
    }

    /// <summary>Fails for a table that has a column with a name of <see cref="ChangeColumns"/>.</summary>
    public static void RequireFree(IEnumerable<string> columns, ErrorCode unfit, ErrorPlace place)
    {
        if (columns.FirstOrDefault(ChangeColumns.All.Contains) is { } taken)
        {
            throw unfit.Error($"The table {place.Stream} has a column '{taken}', which is the name of one that tells of changes.", place);
        }
    }
}
