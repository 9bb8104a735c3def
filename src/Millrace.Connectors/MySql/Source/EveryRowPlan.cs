using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Some columns of all rows of a table, as of the moment of another plan.</summary>
/// <param name="sessions">Of that plan.</param>
/// <param name="query">Selects the columns.</param>
internal sealed class EveryRowPlan(ReadSessions sessions, TableQuery query) : IReadPlan
{
    public Schema Schema => query.Columns.Schema;

    public Pushdown Pushdown => new() { Projection = true };

#pragma warning disable CS1998 // Nothing to wait for.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        yield return new Split { Id = query.Table.Name.ToString() };
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        => query.OpenAsync(sessions, errors, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
