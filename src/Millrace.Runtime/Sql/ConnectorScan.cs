using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;
using Millrace.Sql.Catalog;

namespace Millrace.Runtime.Sql;

/// <summary>Hands the splits of a plan to the lanes of a query, in their order.</summary>
/// <param name="plan">The plan, which the scan takes over.</param>
/// <param name="columns">The wanted columns.</param>
/// <param name="input">What is read.</param>
/// <param name="countsOnly">Whether only the number of rows matters: batches then have no columns.</param>
internal sealed class ConnectorScan(IReadPlan plan, ColumnPlan? columns, TableInput input, bool countsOnly) : ITableScan
{
    private readonly RowShaper _shaper = new(plan.Schema, columns, input.Name);
    private readonly SemaphoreSlim _turn = new(1);
    private IAsyncEnumerator<Split>? _splits;
    private int _next;

    public Schema Schema => countsOnly ? Schema.Empty : _shaper.Schema;

    public bool AppliesPredicates { get; init; }

    public async ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation)
    {
        Split split;
        int number;
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _splits ??= plan.SplitsAsync(cancellation).GetAsyncEnumerator(CancellationToken.None);
            if (!await _splits.MoveNextAsync().ConfigureAwait(false))
            {
                return null;
            }

            split = _splits.Current;
            number = _next++;
        }
        finally
        {
            _turn.Release();
        }

        try
        {
            return new Part(number, await plan.OpenAsync(split, null, input.Errors, cancellation).ConfigureAwait(false), this);
        }
        catch (SchemaWideningException e)
        {
            throw input.Explain(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_splits is not null)
        {
            await _splits.DisposeAsync().ConfigureAwait(false);
        }

        await plan.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async ValueTask<RecordBatch?> ReadAsync(ISplitReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            SplitBatch? next;
            try
            {
                next = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            }
            catch (SchemaWideningException e)
            {
                throw input.Explain(e);
            }

            if (next is not { } read)
            {
                return null;
            }

            BatchOrigin? origin = read.Origin;
            if (_shaper.Shape(read.Batch, input.Errors, ref origin) is { } shaped)
            {
                return countsOnly ? CountOf(shaped) : shaped;
            }
        }
    }

    private static RecordBatch CountOf(RecordBatch batch)
    {
        using (batch)
        {
            return new RecordBatch(Schema.Empty, batch.Length);
        }
    }

    private sealed class Part(int number, ISplitReader reader, ConnectorScan scan) : ITablePart
    {
        public int Number => number;

        public ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation) => scan.ReadAsync(reader, cancellation);

        public ValueTask DisposeAsync() => reader.DisposeAsync();
    }
}
