using System.Text.Json.Nodes;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Reads one table again and again as a job does, with the progress of the last time.</summary>
/// <typeparam name="TOptions">Options of the source.</typeparam>
internal class TablePulls<TOptions>(Dialect dialect, string database, ReadRequest request)
    where TOptions : notnull
{
    private Dictionary<string, SplitProgress> _progress = new(StringComparer.Ordinal);

    /// <summary>Every row as it was handed over, in order.</summary>
    public List<string> Rows { get; } = [];

    public List<string> Notes { get; } = [];

    public Func<TOptions, TOptions> Options { get; init; } = static o => o;

    public ReadRequest Request { get; set; } = request;

    /// <summary>What a target that merges by <c>id</c> holds.</summary>
    public IEnumerable<string> ById => Rows.GroupBy(r => JsonNode.Parse(r)!["id"]!.ToJsonString()).Select(g => g.Last());

    public ISource Open() => dialect.Connector.OpenSource(
        Options((TOptions)dialect.Source(dialect.Demand().Port, database, dialect.Table("t"))), new ConnectorContext { Job = "pulls", Note = Notes.Add });

    /// <summary>Takes over how far others are.</summary>
    public void Continue(TablePulls<TOptions> others) => _progress = others._progress;

    /// <summary>One run.</summary>
    /// <param name="mostBatches">After how many batches it dies; all of them were committed.</param>
    /// <param name="between">Called after every batch.</param>
    /// <returns>Rows read.</returns>
    public async Task<int> RunAsync(int mostBatches = int.MaxValue, Action? between = null)
    {
        int before = Rows.Count;
        await using ISource source = Open();
        Checkpoint? since = _progress.Count == 0 ? null : new Checkpoint { Job = "pulls", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, Splits = _progress };
        await using IReadPlan plan = await source.PlanAsync(Request with { Since = since }, default);
        var progress = new Dictionary<string, SplitProgress>(_progress, StringComparer.Ordinal);
        foreach (Split split in await PlanReading.SplitsAsync(plan))
        {
            Position? from = progress.TryGetValue(split.Key, out SplitProgress? last) && !last.Done ? last.Position : null;
            await using ISplitReader reader = await plan.OpenAsync(split, from, FailOnRowError.Instance, default);
            while (await reader.ReadAsync(default) is { } read)
            {
                using RecordBatch batch = read.Batch;
                Rows.AddRange(ColumnText.Rows(batch));
                progress[split.Key] = new SplitProgress(PlanReading.Stored(read.Position), Done: false);
                _progress = progress;
                between?.Invoke();
                if (--mostBatches == 0)
                {
                    return Rows.Count - before;
                }
            }

            progress[split.Key] = new SplitProgress(split.EndPosition is { } end ? PlanReading.Stored(end) : progress.GetValueOrDefault(split.Key)?.Position, split.EndsKey);
            _progress = progress;
        }

        return Rows.Count - before;
    }
}
