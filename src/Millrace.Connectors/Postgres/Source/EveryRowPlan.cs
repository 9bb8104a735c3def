using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>Some columns of all rows of a table, as of the moment of another plan.</summary>
/// <param name="server">The server.</param>
/// <param name="table">The table.</param>
/// <param name="columns">The columns.</param>
/// <param name="batchRows">Rows of a batch.</param>
/// <param name="snapshot">The moment.</param>
internal sealed class EveryRowPlan(PostgresServer server, TableInfo table, TableColumns columns, int batchRows, ExportedSnapshot snapshot) : IReadPlan
{
    public Schema Schema => columns.Schema;

    public Pushdown Pushdown => new() { Projection = true };

#pragma warning disable CS1998 // Nothing to wait for.
    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        yield return new Split { Id = table.Name.ToString() };
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        => new CopyStart(server, table.Name, columns, batchRows)
            .OpenAsync(snapshot, $"SELECT {columns.SelectList} FROM {table.Source} t", new CountMarker(split.Id), null, errors, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
