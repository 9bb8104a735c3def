using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>Reads a <see cref="ReplayInput"/>: in splits that share keys, with a position behind every batch.</summary>
public sealed class ReplaySource(ReplayInput input) : ISource
{
    public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => new(CheckReport.Of(CheckFinding.Pass("replay", $"{input.Snapshot().Count} keys")));

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return new StreamDescription { Name = "replay", Schema = ReplayPlan.SchemaOf(input, new ReadRequest()) };
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (input.OnPlan is { } planning)
        {
            await planning(cancellation);
        }

        return new ReplayPlan(input, request);
    }

    public async ValueTask ChangedAsync(CancellationToken cancellation)
    {
        if (input.OnIdle is { } idle)
        {
            await idle(cancellation);
            return;
        }

        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask AcknowledgeAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        input.Acknowledged.Add(checkpoint.Epoch);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>The input as it was when the plan was made.</summary>
internal sealed class ReplayPlan(ReplayInput input, ReadRequest request) : IReadPlan
{
    /// <summary>Member of a position: rows of the key that are read.</summary>
    private const string RowMember = "row";

    private readonly IReadOnlyList<ReplayKey> _keys = input.Snapshot();

    public Schema Schema { get; } = SchemaOf(input, request);

    public bool IsInferred => input.HasValue;

    public Pushdown Pushdown { get; } = new();

    public static Schema SchemaOf(ReplayInput input, ReadRequest request)
    {
        Field[] fields = [new Field("id", DataType.Int64), new Field("name", DataType.Utf8)];
        return input.HasValue ? new Schema([.. fields, new Field("value", request.Widened.GetValueOrDefault("value", DataType.Int64))]) : new Schema(fields);
    }

    public static Position At(int row) => new(new JsonObject { [RowMember] = row });

    public async IAsyncEnumerable<Split> SplitsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (ReplayKey key in _keys)
        {
            SplitProgress? progress = request.Since?.Splits.GetValueOrDefault(key.Name);
            int read = RowOf(progress?.Position);
            for (int start = 0; start < key.Rows.Count && progress is not { Done: true }; start += input.SplitRows)
            {
                int end = Math.Min(start + input.SplitRows, key.Rows.Count);
                if (end > read)
                {
                    yield return new ReplaySplit
                    {
                        Id = $"{key.Name}@{start}",
                        Key = key.Name,
                        EndsKey = end == key.Rows.Count && !input.Grows,
                        EndPosition = At(end),
                        Rows = key.Rows,
                        Start = start,
                        End = end,
                    };
                }
            }
        }
    }

    // The position is that of the key, which an earlier split may have reached.
    public ValueTask<ISplitReader> OpenAsync(Split split, Position? from, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var wanted = (ReplaySplit)split;
        return new(new ReplayReader(input, wanted, Schema, Math.Min(request.BatchRows, input.MaxBatchRows), Math.Max(wanted.Start, RowOf(from)), errors));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static int RowOf(Position? position) => (int?)position?.Value[RowMember] ?? 0;
}

internal sealed record ReplaySplit : Split
{
    public required IReadOnlyList<ReplayRow> Rows { get; init; }

    public required int Start { get; init; }

    public required int End { get; init; }
}
