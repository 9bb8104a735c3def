using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Pipelines;

/// <summary>Splits of counted rows: value n of split s is <c>s * 1000 + n</c>.</summary>
internal sealed class FakePlan(int splits, int batchesPerSplit, int rowsPerBatch) : IReadPlan
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    public static Schema Numbers { get; } = new(new Field("n", DataType.Int64));

    public Schema Schema => Numbers;

    public Pushdown Pushdown { get; } = new();

    /// <summary>The most readers that were open at once.</summary>
    public int MostOpen { get; private set; }

    /// <summary>Readers that are open now.</summary>
    public int Open => _open;

    /// <summary>Throws at this split, behind its first batch.</summary>
    public int FailAt { get; init; } = -1;

    /// <summary>Gives nothing more at this split, behind its first batch.</summary>
    public int HangAt { get; init; } = -1;

    /// <summary>Breaks this split off behind its first batch.</summary>
    public int BreakAt { get; init; } = -1;

    /// <summary>Ends when the split that hangs does.</summary>
    public Task Hung => _hung.Task;

    /// <summary>Throws when planning comes to this split.</summary>
    public int FailPlanAt { get; init; } = -1;

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (int i = 0; i < splits; i++)
        {
            await Task.Yield();
            if (i == FailPlanAt)
            {
                throw new InvalidDataException($"plan {i}");
            }

            yield return new Split { Id = $"s{i}", Key = $"file{i / 2}", EndsKey = i % 2 == 1 };
        }
    }

    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        lock (_lock)
        {
            MostOpen = Math.Max(MostOpen, ++_open);
        }

        return new ValueTask<ISplitReader>(new Reader(this, int.Parse(split.Id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture), batchesPerSplit, rowsPerBatch));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Close()
    {
        lock (_lock)
        {
            _open--;
        }
    }

    private sealed class Reader(FakePlan plan, int split, int batches, int rows) : ISplitReader
    {
        private int _next;

        public MillraceException? BrokenOff { get; private set; }

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            // Later splits are often faster than earlier ones; order must not depend on it.
            for (int i = split % 3; i < 3; i++)
            {
                await Task.Yield();
            }

            cancellation.ThrowIfCancellationRequested();
            if (split == plan.FailAt && _next == 1)
            {
                throw new InvalidDataException($"split {split}");
            }

            if (split == plan.BreakAt && _next == 1)
            {
                BrokenOff = RuntimeErrors.Unexpected.Error($"split {split}");
                return null;
            }

            if (split == plan.HangAt && _next == 1)
            {
                plan._hung.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(false);
            }

            if (_next == batches)
            {
                return null;
            }

            var builder = new FixedBuilder<long>(DataType.Int64, rows);
            for (int i = 0; i < rows; i++)
            {
                builder.Append((split * 1000) + (_next * rows) + i);
            }

            _next++;
            return new SplitBatch(new RecordBatch(Numbers, rows, builder.Build()), new Position(new JsonObject { ["row"] = _next * rows }), rows * 10);
        }

        public ValueTask DisposeAsync()
        {
            plan.Close();
            return ValueTask.CompletedTask;
        }
    }
}
