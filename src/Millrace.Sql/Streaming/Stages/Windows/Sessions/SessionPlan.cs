using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Streaming;

/// <summary>An aggregation by sessions, as the operators of all lanes share it. Immutable.</summary>
/// <param name="Windows">Keys, calls and times; windows are told apart by their end.</param>
/// <param name="Gap">From the last row of a session to its end.</param>
internal sealed record SessionPlan(WindowPlan Windows, WindowStep Gap)
{
    public Schema KeySchema { get; } = Windows.Aggregates.StateSchema.Select([.. Enumerable.Range(0, Windows.Aggregates.Keys)]);

    /// <summary>Schema of saved sessions: start, end, keys, states.</summary>
    public Schema StateSchema { get; } = new([new Field("start", Windows.Layout.Type), new Field("end", Windows.Layout.Type), .. Windows.Aggregates.StateSchema.Fields]);

    /// <summary>Schema of what tells saved sessions apart: start and keys.</summary>
    public Schema IdentitySchema { get; } = new([new Field("start", Windows.Layout.Type), .. Windows.Aggregates.StateSchema.Fields.Take(Windows.Aggregates.Keys)]);

    /// <summary>A gap behind a time.</summary>
    public long EndOf(long time) => long.CreateSaturating(Gap.From(time, 1));

    /// <summary>The watermark from which a session that ends at a time is given.</summary>
    public long ClosesAt(long end) => Windows.Layout.ClosesAt(WindowId.Of(end));

    /// <summary>The watermark from which it takes no more rows.</summary>
    public long EndsAt(long end) => Windows.EndsAt(WindowId.Of(end));

    /// <summary>Rows of the result; columns are taken over.</summary>
    public RecordBatch Result(long[] starts, long[] ends, Column[] keys, IReadOnlyList<Column> aggregates)
    {
        Column[] columns = [.. Windows.Keys.Select(k => k.Own >= 0 ? keys[k.Own] : Times(k.IsEnd ? ends : starts)), .. aggregates];
        return new RecordBatch(Windows.Schema, starts.Length, columns);
    }

    /// <summary>A column of times.</summary>
    public Column Times(ReadOnlySpan<long> values)
    {
        using var column = new FixedBuilder<long>(Windows.Layout.Type, values.Length);
        values.CopyTo(column.AppendUninitialized(values.Length));
        return column.Build();
    }
}
