using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Millrace.Columnar;
using Millrace.Runtime.Sql;
using Millrace.Sdk;

namespace Millrace.Runtime.Streaming;

/// <summary>A query that runs on, whose rows go to whoever reads them. It keeps no progress: reading it again begins anew.</summary>
/// <param name="pipeline">The query; its target is put in its place.</param>
/// <param name="badRows">Counts rows that were left out.</param>
/// <param name="note">Told what its tables and stages remark.</param>
/// <param name="most">Rows after which it ends; null for none.</param>
internal sealed class LiveRows(Pipeline pipeline, BadRowCount badRows, Action<string> note, long? most = null)
{
    // Whoever reads slowly slows the query down.
    private const int MostWaiting = 16;

    private readonly Channel<RecordBatch> _rows = Channel.CreateBounded<RecordBatch>(MostWaiting);

    /// <summary>The rows as they come, each batch the reader's to dispose; they end when the tables do, or when somebody stops it.</summary>
    public async IAsyncEnumerable<RecordBatch> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var gone = new CancellationTokenSource();
        Pipeline running = pipeline with { Sink = new Endpoint("reader", new ReaderConnector(), new ReaderOptions(_rows.Writer, gone.Token)) };
        bool isOver = false;
        Task<RunSummary> run = Task.Run(() => RunAsync(running, stop.Token), CancellationToken.None);
        try
        {
            long left = most ?? long.MaxValue;
            await foreach (RecordBatch batch in _rows.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                bool isLast = batch.Length >= left;
                left -= batch.Length;
                yield return isLast && left < 0 ? Head(batch, (int)(batch.Length + left)) : batch;
                if (isLast)
                {
                    isOver = true;
                    break;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await gone.CancelAsync().ConfigureAwait(false);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (_rows.Reader.TryRead(out RecordBatch? left))
            {
                left.Dispose();
            }
        }

        RunSummary summary = await run.ConfigureAwait(false);
        foreach (RowError error in summary.BadRowSample)
        {
            badRows.OnRowError(error);
        }

        if (summary.Error is { } failed && !isOver && !cancellation.IsCancellationRequested)
        {
            throw failed;
        }
    }

    private static RecordBatch Head(RecordBatch batch, int rows)
    {
        using (batch)
        {
            return batch.Slice(0, rows);
        }
    }

    private async Task<RunSummary> RunAsync(Pipeline running, CancellationToken stop)
    {
        try
        {
            var progress = new RunProgress();
            progress.Noticed += note;
            return await new PipelineRunner(running, progress).RunAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            _rows.Writer.Complete();
        }
    }

    private sealed record ReaderOptions(ChannelWriter<RecordBatch> Rows, CancellationToken Gone);

    private sealed class ReaderConnector : Connector
    {
        public override string Summary => "Whoever reads the rows of a statement.";

        public override ConnectorCapabilities Capabilities { get; } = new() { WriteModes = [WriteMode.Append] };

        public override Type SinkOptions => typeof(ReaderOptions);

        public override ISink OpenSink(object options, ConnectorContext context) => new ReaderSink((ReaderOptions)options);
    }

    private sealed class ReaderSink(ReaderOptions options) : ISink, ISinkWriter
    {
        private long _rows;

        public DeliveryGuarantee Guarantee => DeliveryGuarantee.AtLeastOnce;

        public bool KeepsProgress => false;

        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => new(CheckReport.Of());

        public ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation) => new((Checkpoint?)null);

        public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation) => new(this);

        public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, options.Gone);
            RecordBatch shared = batch.Share();
            try
            {
                await options.Rows.WriteAsync(shared, over.Token).ConfigureAwait(false);
                _rows += shared.Length;
            }
            catch
            {
                shared.Dispose();
                throw;
            }
        }

        public ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
        {
            var summary = new CommitSummary(_rows, 0, []);
            _rows = 0;
            return new(summary);
        }

        public ValueTask AbortAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
