using System.Collections.Concurrent;
using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Execution;

namespace Millrace.Runtime.Sql;

/// <summary>
/// A source whose rows go through a query, in which it is the table <c>source</c>. A query that looks at each row by itself
/// keeps the splits and positions of the source, so that reading can be taken up anywhere.
/// </summary>
/// <param name="source">What is read; the transform takes it over.</param>
/// <param name="transform">The query.</param>
/// <param name="time">What <c>now()</c> goes by.</param>
internal sealed class TransformSource(ISource source, TransformQuery transform, TimeProvider time) : ISource
{
    // The columns that the query reads; null until a first plan has told what there is.
    private IReadOnlyList<RequestedColumn>? _columns;

    public string? Remote => source.Remote;

    public bool CanReplay => source.CanReplay;

    public ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation) => source.ResumesFullReadsAsync(stream, cancellation);

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => source.CheckAsync(cancellation);

    public ValueTask<CheckReport> CheckReadAsync(ReadRequest request, CancellationToken cancellation) => source.CheckReadAsync(request with { Columns = null }, cancellation);

    public SourceLag? Lag => source.Lag;

    public ValueTask<IReadOnlyList<string>> ForgetAsync(ReadRequest request, CancellationToken cancellation) => source.ForgetAsync(request, cancellation);

    public IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation) => source.DiscoverAsync(cancellation);

    public ValueTask ChangedAsync(CancellationToken cancellation) => source.ChangedAsync(cancellation);

    public ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation) => source.AcknowledgeAsync(checkpoint, cancellation);

    public ValueTask DisposeAsync() => source.DisposeAsync();

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        IReadPlan plan = await source.PlanAsync(request with { Columns = _columns }, cancellation).ConfigureAwait(false);
        try
        {
            if (plan.IsEmpty)
            {
                return plan;
            }

            RowQuery query = await transform.BindAsync(plan.Schema, cancellation).ConfigureAwait(false);
            if (_columns is null && query.Columns.Count < plan.Schema.Count && query.Columns.Count > 0)
            {
                _columns = [.. query.Columns.Select(c => new RequestedColumn(c))];
                await plan.DisposeAsync().ConfigureAwait(false);
                return await PlanAsync(request, cancellation).ConfigureAwait(false);
            }

            return new Plan(plan, query, time);
        }
        catch
        {
            await plan.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private sealed class Plan(IReadPlan plan, RowQuery query, TimeProvider time) : IReadPlan
    {
        // Lanes are lent to one reader at a time.
        private readonly ConcurrentBag<Lane> _lanes = [];
        private readonly int[] _columns = [.. query.Columns.Select(plan.Schema.Require)];

        public Schema Schema => query.Schema;

        public bool IsInferred => plan.IsInferred;

        public Pushdown Pushdown { get; } = new();

        public long? Bytes => plan.Bytes;

        public long? Rows => plan.Rows;

        public DateTimeOffset? NewestInput => plan.NewestInput;

        public IReadOnlyCollection<string> Forgotten => plan.Forgotten;

        public IAsyncEnumerable<Split> SplitsAsync(CancellationToken cancellation) => plan.SplitsAsync(cancellation);

        public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
            => new Reader(this, await plan.OpenAsync(split, from, errors, cancellation).ConfigureAwait(false), errors);

        public async ValueTask DisposeAsync()
        {
            foreach (Lane lane in _lanes)
            {
                lane.Dispose();
            }

            await plan.DisposeAsync().ConfigureAwait(false);
        }

        public Lane Take() => _lanes.TryTake(out Lane? lane) ? lane : new Lane(query, time);

        public void Return(Lane lane) => _lanes.Add(lane);

        public RecordBatch? Run(Lane lane, RecordBatch batch, IRowErrorHandler errors, BatchOrigin? origin)
        {
            using (batch)
            {
                using RecordBatch input = batch.Select(_columns);
                return lane.Run(input, new FaultReport(errors, origin) { Source = input });
            }
        }
    }

    private sealed class Lane : IDisposable
    {
        private readonly RowLane _lane;
        private FaultReport _faults = new(FailOnRowError.Instance);

        public Lane(RowQuery query, TimeProvider time)
            => _lane = query.Open(new QueryContext
            {
                Evaluation = new EvaluationContext { Now = time.GetUtcNow() },
                Lanes = 1,
                OnRowFaults = (batch, faults) => _faults.Report(batch, faults),
            });

        public RecordBatch? Run(RecordBatch batch, FaultReport faults)
        {
            _faults = faults;
            return _lane.Run(batch);
        }

        public void Dispose() => _lane.Dispose();
    }

    private sealed class Reader(Plan plan, ISplitReader reader, IRowErrorHandler errors) : ISplitReader
    {
        private readonly Lane _lane = plan.Take();

        public MillraceException? BrokenOff => reader.BrokenOff;

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            long bytes = 0;
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } next)
            {
                bytes += next.BytesRead;

                // Rows of the result have no number in the source any more.
                if (plan.Run(_lane, next.Batch, errors, next.Origin) is { } made)
                {
                    return new SplitBatch(made, next.Position, bytes) { Origin = next.Origin?.Whole };
                }
            }

            return null;
        }

        public ValueTask DisposeAsync()
        {
            plan.Return(_lane);
            return reader.DisposeAsync();
        }
    }
}
