using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>An aggregation by sessions, as the operators of all lanes share it. Immutable.</summary>
/// <param name="Windows">Keys and calls; windows are told apart by their end.</param>
/// <param name="Times">When sessions end.</param>
internal sealed record SessionPlan(WindowPlan Windows, SessionTimes Times)
{
    public Schema KeySchema { get; } = Windows.Aggregates.StateSchema.Select([.. Enumerable.Range(0, Windows.Aggregates.Keys)]);

    /// <summary>Schema of saved sessions: start, end, keys, states.</summary>
    public Schema StateSchema { get; } = new([new Field("start", Windows.Layout.Type), new Field("end", Windows.Layout.Type), .. Windows.Aggregates.StateSchema.Fields]);

    /// <summary>Schema of what tells saved sessions apart: start and keys.</summary>
    public Schema IdentitySchema { get; } = new([new Field("start", Windows.Layout.Type), .. Windows.Aggregates.StateSchema.Fields.Take(Windows.Aggregates.Keys)]);

    /// <summary>Rows of the result; columns are taken over.</summary>
    public RecordBatch Result(long[] starts, long[] ends, Column[] keys, IReadOnlyList<Column> aggregates)
    {
        Column[] columns = [.. Windows.Keys.Select(k => k.Own >= 0 ? keys[k.Own] : Times.Column(k.IsEnd ? ends : starts)), .. aggregates];
        return new RecordBatch(Windows.Schema, starts.Length, columns);
    }
}
