using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

/// <summary>Reads of one job after the other, each from where the last one ended, as the runtime would.</summary>
internal sealed class IncrementalReads(FilesSourceOptions options)
{
    private Dictionary<string, SplitProgress> _progress = new(StringComparer.Ordinal);

    /// <summary>The clock of the runs; files were changed long before it, or after.</summary>
    public ManualTime Time { get; } = new();

    /// <summary>Whether the reads are looks of a run that follows.</summary>
    public bool Follows { get; init; }

    /// <summary>What was remarked in all runs.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The rows of a run, whose progress is kept.</summary>
    /// <param name="splitBytes">Bytes of a split.</param>
    /// <param name="most">Batches after which the run ends, as with a limit.</param>
    public async Task<IReadOnlyList<string>> RunAsync(long splitBytes = 1 << 20, int most = int.MaxValue)
    {
        var context = new ConnectorContext { Job = "test", Note = Notes.Add, Time = Time };
        await using ISource source = new FilesConnector().OpenSource(options, context);
        Checkpoint since = new() { Job = "test", Epoch = 1, CreatedAt = DateTimeOffset.UnixEpoch, Splits = _progress };
        var request = new ReadRequest { Mode = ReadMode.Incremental, Since = since, BatchRows = 3, SplitBytes = splitBytes, Follows = Follows };
        await using IReadPlan plan = await source.PlanAsync(request, default);
        var progress = new Dictionary<string, SplitProgress>(_progress, StringComparer.Ordinal);
        var rows = new List<string>();
        foreach (Split split in await PlanReading.SplitsAsync(plan))
        {
            progress.TryGetValue(split.Key, out SplitProgress? before);
            IReadOnlyList<BatchText> read = await PlanReading.ReadAsync(plan, split, before?.Position, most);
            rows.AddRange(read.SelectMany(b => b.Rows));
            bool ended = read.Count < most;
            most -= read.Count;
            Position? position = ended && split.EndPosition is not null ? split.EndPosition : read.Count > 0 ? read[^1].Position : null;
            progress[split.Key] = new SplitProgress(position is null ? null : PlanReading.Stored(position), ended && split.EndsKey);
            if (!ended)
            {
                break;
            }
        }

        _progress = progress;
        return rows;
    }
}
