using System.Runtime.CompilerServices;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>A source with a step before and after planning, every split, opening, read and acknowledgement.</summary>
public sealed class FaultySource(ISource inner, FaultPlan plan) : ISource
{
    public string? Remote => inner.Remote;

    public bool CanReplay => inner.CanReplay;

    public ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation) => inner.ResumesFullReadsAsync(stream, cancellation);

    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => inner.CheckAsync(cancellation);

    public IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation) => inner.DiscoverAsync(cancellation);

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        await plan.StepAsync("before plan", cancellation);
        IReadPlan made = await inner.PlanAsync(request, cancellation);
        try
        {
            await plan.StepAsync("after plan", cancellation);
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }

        return new Plan(made, plan);
    }

    public ValueTask ChangedAsync(CancellationToken cancellation) => inner.ChangedAsync(cancellation);

    public async ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        await plan.StepAsync("before acknowledge", cancellation);
        await inner.AcknowledgeAsync(checkpoint, cancellation);
        await plan.StepAsync("after acknowledge", cancellation);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class Plan(IReadPlan inner, FaultPlan plan) : IReadPlan
    {
        public Columnar.Schema Schema => inner.Schema;

        public bool IsInferred => inner.IsInferred;

        public bool IsEmpty => inner.IsEmpty;

        public Pushdown Pushdown => inner.Pushdown;

        public DateTimeOffset? NewestInput => inner.NewestInput;

        public IReadOnlyCollection<string> Forgotten => inner.Forgotten;

        public long? Bytes => inner.Bytes;

        public long? Rows => inner.Rows;

        public IReadPlan? EveryRow(IReadOnlyList<RequestedColumn> columns) => inner.EveryRow(columns) is { } keys ? new Plan(keys, plan) : null;

        public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (Split split in inner.SplitsAsync(cancellation))
            {
                await plan.StepAsync($"split {split.Id}", cancellation);
                yield return split;
            }

            await plan.StepAsync("last split", cancellation);
        }

        public async ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
        {
            await plan.StepAsync($"open {split.Id}", cancellation);
            return new Reader(await inner.OpenAsync(split, from, errors, cancellation), split, plan);
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Reader(ISplitReader inner, Split split, FaultPlan plan) : ISplitReader
    {
        public MillraceException? BrokenOff => inner.BrokenOff;

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            await plan.StepAsync($"before read {split.Id}", cancellation);
            SplitBatch? read = await inner.ReadAsync(cancellation);
            try
            {
                await plan.StepAsync($"after read {split.Id}", cancellation);
            }
            catch
            {
                read?.Batch.Dispose();
                throw;
            }

            return read;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
