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

    /// <summary>The text of a column in the last row; null for NULL.</summary>
    protected static string? Text(CopyRows rows, int column)
    {
        FieldRun run = rows.Field(column);
        int last = run.Count - 1;
        return run.IsNull(last) ? null : Encoding.UTF8.GetString(run[last]);
    }

    /// <summary>The texts of columns that tell rows apart.</summary>
    protected static string[] Key(CopyRows rows, int first, int count)
    {
        string[] key = new string[count];
        for (int i = 0; i < count; i++)
        {
            key[i] = Text(rows, first + i)
                ?? throw PostgresErrors.BadCursor.Error("A column that is to tell rows with the same cursor apart is NULL.", hint: "Name others with `tie_breaker`.");
        }

        return key;
    }
}

internal sealed class BlockMarker(BlockSplit split) : ProgressMarker
{
    public override Position Behind(CopyRows rows, int first, long done) => split.PositionAt(done);
}

internal sealed class KeyMarker(RowKey key) : ProgressMarker
{
    public override int Columns => key.Count;

    public override Position Behind(CopyRows rows, int first, long done) => KeyPosition.Of(Key(rows, first, key.Count));
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
        string[] key = Key(rows, first + 1, order.Count - 1);

        // Earlier marks say nothing of rows behind their value.
        return CursorPosition.Of(order.CursorName, [.. earlier.Where(m => m.Value == value), new ReadMark(value, key, seen)]);
    }
}
