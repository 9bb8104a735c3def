using System.Text.Json.Nodes;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Reads the changes of a table again and again as a job does: what is a unit is committed as one, with its position.</summary>
/// <param name="table">Name of the stream.</param>
internal abstract class PulledChanges(string table)
{
    private Dictionary<string, SplitProgress> _progress = new(StringComparer.Ordinal);
    private long _epoch;

    /// <summary>Every committed row in order, as JSON.</summary>
    public List<string> Rows { get; } = [];

    /// <summary>Rows of each commit.</summary>
    public List<int> Epochs { get; } = [];

    public List<string> Notes { get; } = [];

    public string Job { get; init; } = "pulls";

    public int BatchRows { get; init; } = 1000;

    /// <summary>Whether a later run goes on behind the last commit of this one.</summary>
    public bool KeepsProgress { get; init; } = true;

    public IReadOnlyList<RequestedColumn>? Columns { get; init; }

    public bool HasProgress => _progress.Count > 0;

    /// <summary>Text of the position of the last commit.</summary>
    public string Position => _progress[table].Position!.ToString();

    /// <summary>The last commit had another position.</summary>
    public void Rewrite(Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(Position)!.AsObject();
        change(json);
        _progress[table] = new SplitProgress(new Position(json), Done: false);
    }

    public void Forget() => _progress = new(StringComparer.Ordinal);

    public ReadRequest Request(bool follows = false) => new()
    {
        Stream = table,
        Mode = ReadMode.Cdc,
        Columns = Columns,
        BatchRows = BatchRows,
        KeepsProgress = KeepsProgress,
        Follows = follows,
        Since = HasProgress ? Checkpoint() : null,
    };

    /// <summary>What happened to each row, its id and its value.</summary>
    public static IEnumerable<string> Brief(IEnumerable<string> rows)
        => rows.Select(r => JsonNode.Parse(r)!).Select(r => $"{r["_op"]} {r["id"]?.ToString() ?? "∅"} {r["v"]?.ToString() ?? "∅"}");

    /// <summary>One run, up to what is in the log when it begins. The rows that it committed.</summary>
    /// <param name="mostBatches">After how many batches it dies; those of a unit that is not whole are lost with it.</param>
    /// <param name="between">Called behind every batch.</param>
    public async Task<IReadOnlyList<string>> RunAsync(int mostBatches = int.MaxValue, Action? between = null)
    {
        int before = Rows.Count;
        await using ISource source = OpenSource();
        while (!await ReadPlanAsync(source, Request(), () => --mostBatches == 0, between))
        {
        }

        return Rows[before..];
    }

    /// <summary>Reads with a source that stays open, as a run that follows does, until so many rows are committed.</summary>
    public async Task FollowAsync(ISource source, int untilRows)
    {
        while (true)
        {
            await ReadPlanAsync(source, Request(follows: true), static () => false, null);
            if (Rows.Count >= untilRows)
            {
                return;
            }

            await source.ChangedAsync(TestContext.Current.CancellationToken);
        }
    }

    // Whether there is nothing left to plan again for.
    private async Task<bool> ReadPlanAsync(ISource source, ReadRequest request, Func<bool> dies, Action? between)
    {
        await using IReadPlan plan = await source.PlanAsync(request, default);
        var progress = new Dictionary<string, SplitProgress>(_progress, StringComparer.Ordinal);
        var staged = new List<string>();
        await foreach (Split split in plan.SplitsAsync(default))
        {
            Position? from = progress.TryGetValue(split.Key, out SplitProgress? last) && !last.Done ? last.Position : null;
            await using ISplitReader reader = await plan.OpenAsync(split, from, FailOnRowError.Instance, default);
            while (await reader.ReadAsync(default) is { } read)
            {
                using RecordBatch batch = read.Batch;
                Assert.Equal(plan.Schema, batch.Schema);
                staged.AddRange(ColumnText.Rows(batch));
                progress[split.Key] = new SplitProgress(PlanReading.Stored(read.Position), Done: false);
                if (!read.IsPartOfUnit)
                {
                    await CommitAsync(source, staged, progress);
                }

                between?.Invoke();
                if (dies())
                {
                    return true;
                }
            }

            if (split.EndPosition is { } end)
            {
                progress[split.Key] = new SplitProgress(PlanReading.Stored(end), split.EndsKey);
            }
        }

        if (staged.Count > 0 || !progress.SequenceEqual(_progress))
        {
            await CommitAsync(source, staged, progress);
        }

        return !plan.IsOutgrown;
    }

    /// <summary>What the rows make of a table, by its key: the last version of each row that is there.</summary>
    public IReadOnlyList<string> Folded(params string[] key)
    {
        var table = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (string row in Rows)
        {
            JsonObject json = JsonNode.Parse(row)!.AsObject();
            string id = string.Join("|", key.Select(k => json[k]?.ToJsonString()));
            JsonArray? unchanged = json["_unchanged"]?.AsArray();
            string op = (string)json["_op"]!;
            foreach (string extra in ChangeColumns.All)
            {
                json.Remove(extra);
            }

            switch (op)
            {
                case ChangeColumns.Truncated:
                    table.Clear();
                    break;
                case ChangeColumns.Deleted:
                    table.Remove(id);
                    break;
                default:
                    foreach (string column in unchanged?.Select(u => (string)u!) ?? [])
                    {
                        json[column] = table[id][column]?.DeepClone();
                    }

                    table[id] = json;
                    break;
            }
        }

        return [.. table.Values.Select(j => j.ToJsonString())];
    }

    protected abstract ISource OpenSource();

    private async Task CommitAsync(ISource source, List<string> staged, Dictionary<string, SplitProgress> progress)
    {
        Rows.AddRange(staged);
        Epochs.Add(staged.Count);
        staged.Clear();
        _progress = new Dictionary<string, SplitProgress>(progress, StringComparer.Ordinal);
        _epoch++;
        await source.AcknowledgeAsync(Checkpoint(), default);
    }

    private Checkpoint Checkpoint() => new() { Job = Job, Epoch = _epoch, CreatedAt = DateTimeOffset.UnixEpoch, Splits = _progress };
}
