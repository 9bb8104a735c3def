using System.Text;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>Makes positions for a reader, from columns that it asks for, as text, behind those of the schema.</summary>
internal abstract class ProgressMarker
{
    /// <summary>Number of columns asked for to this end.</summary>
    public virtual int Columns => 0;

    /// <summary>The position behind the rows last found.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="first">First of the columns that are there for this.</param>
    /// <param name="done">Rows of the split so far.</param>
    public abstract Position Behind(IFoundRows rows, int first, long done);

    /// <summary>The text of a column in the last row; null for NULL.</summary>
    protected static string? Last(IFoundRows rows, int column)
    {
        FieldRun run = rows.Field(column);
        int last = run.Count - 1;
        return run.IsNull(last) ? null : Encoding.UTF8.GetString(run[last]);
    }

    /// <summary>The texts, in the last row, of columns that tell rows apart.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="first">First of the columns.</param>
    /// <param name="count">Their number.</param>
    /// <param name="badCursor">The error where one is NULL.</param>
    protected static string[] LastKey(IFoundRows rows, int first, int count, ErrorCode badCursor)
    {
        string[] key = new string[count];
        for (int i = 0; i < count; i++)
        {
            key[i] = Last(rows, first + i)
                ?? throw badCursor.Error("A column that is to tell rows with the same cursor apart is NULL.", hint: "Name others with `tie_breaker`.");
        }

        return key;
    }
}

/// <summary>Remembers the key of the last row.</summary>
/// <param name="columns">Columns of the key.</param>
/// <param name="badCursor">The error where one is NULL.</param>
internal sealed class KeyMarker(int columns, ErrorCode badCursor) : ProgressMarker
{
    public override int Columns => columns;

    public override Position Behind(IFoundRows rows, int first, long done) => KeyPosition.Of(LastKey(rows, first, columns, badCursor));
}

/// <summary>Remembers the cursor of the last row, and what tells it from others with the same.</summary>
/// <param name="order">The order of the rows.</param>
/// <param name="seen">The transactions that the read sees; null where the server cannot say.</param>
/// <param name="earlier">Marks at which the read began.</param>
/// <param name="badCursor">The error where rows cannot be told apart.</param>
internal sealed class CursorMarker(ICursorOrder order, string? seen, IReadOnlyList<ReadMark> earlier, ErrorCode badCursor) : ProgressMarker
{
    public override int Columns => order.Count;

    public override Position Behind(IFoundRows rows, int first, long done)
    {
        string? value = Last(rows, first);
        string[] key = LastKey(rows, first + 1, order.Count - 1, badCursor);

        // Earlier marks say nothing of rows behind their value.
        return CursorPosition.Of(order.CursorName, [.. earlier.Where(m => m.Value == value), new ReadMark(value, key, seen)]);
    }
}
