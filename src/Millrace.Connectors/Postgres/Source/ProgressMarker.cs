using System.Text;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Makes positions for a reader, from columns that it asks for behind those of the schema.</summary>
internal abstract class ProgressMarker
{
    /// <summary>Number of columns asked for to this end.</summary>
    public virtual int Columns => 0;

    /// <summary>The position behind the rows last found.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="first">First of the columns that are there for this.</param>
    /// <param name="done">Rows of the split so far.</param>
    public abstract Position Behind(CopyRows rows, int first, long done);
}

internal sealed class BlockMarker(BlockSplit split) : ProgressMarker
{
    public override Position Behind(CopyRows rows, int first, long done) => split.PositionAt(done);
}

/// <param name="order">The order of the rows.</param>
/// <param name="seen">The transactions that the read sees.</param>
/// <param name="earlier">Marks at which the read began.</param>
internal sealed class CursorMarker(RowOrder order, string? seen, IReadOnlyList<ReadMark> earlier) : ProgressMarker
{
    public override int Columns => order.Count;

    public override Position Behind(CopyRows rows, int first, long done)
    {
        string? value = Text(rows, first);
        string[] key = new string[order.Count - 1];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = Text(rows, first + 1 + i)
                ?? throw PostgresErrors.BadCursor.Error("A column that is to tell rows with the same cursor apart is NULL.", hint: "Name others with `tie_breaker`.");
        }

        // Earlier marks say nothing of rows behind their value.
        return CursorPosition.Of(order.CursorName, [.. earlier.Where(m => m.Value == value), new ReadMark(value, key, seen)]);
    }

    private static string? Text(CopyRows rows, int column)
    {
        FieldRun run = rows.Field(column);
        int last = run.Count - 1;
        return run.IsNull(last) ? null : Encoding.UTF8.GetString(run[last]);
    }
}
