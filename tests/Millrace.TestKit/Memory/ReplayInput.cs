using System.Globalization;

namespace Millrace.TestKit;

/// <summary>
/// What a <see cref="ReplaySource"/> reads: keys with rows that are the same at every reading, as files are. It outlives
/// the runs that read it and may grow between their plans. Row <c>n</c> is <c>{"id":n,"name":"row n"}</c>.
/// </summary>
public sealed class ReplayInput(int seed)
{
    private readonly Lock _lock = new();
    private readonly List<ReplayKey> _keys = [];
    private long _nextId;

    /// <summary>Decides about the bounds of batches.</summary>
    public int Seed => seed;

    /// <summary>Rows of a split; the rows of a key are cut into splits that share it.</summary>
    public int SplitRows { get; init; } = 20;

    /// <summary>The most rows of a batch, if the request does not ask for fewer.</summary>
    public int MaxBatchRows { get; init; } = 8;

    /// <summary>Rows of a unit that is to be committed as one; units are counted from the start of each key.</summary>
    public int UnitRows { get; init; } = 1;

    /// <summary>Whether keys may get more rows, so that none of them is ever finished.</summary>
    public bool Grows { get; init; }

    /// <summary>
    /// Adds a column <c>value</c> that looks like a bigint until a <see cref="ReplayKind.Wide"/> row shows that it is a varchar.
    /// </summary>
    public bool HasValue { get; init; }

    /// <summary>
    /// Called when a run that follows the input has read all there is. What it does stands for what happens outside: rows
    /// are added, time passes, somebody asks the run to stop. When it is set the run looks for more as soon as it returns.
    /// </summary>
    public Func<CancellationToken, ValueTask>? OnIdle { get; set; }

    /// <summary>Called whenever a plan is made: stands for how long that takes, and for what fails in it.</summary>
    public Func<CancellationToken, ValueTask>? OnPlan { get; set; }

    /// <summary>Called before every batch that is read: stands for how long that takes.</summary>
    public Func<CancellationToken, ValueTask>? OnRead { get; set; }

    /// <summary>Epochs that the source was told of, in order.</summary>
    public List<long> Acknowledged { get; } = [];

    /// <summary>The good rows of all keys, as <see cref="ColumnText.Row"/> gives them.</summary>
    public IReadOnlyList<string> GoodRows => [.. Snapshot().SelectMany(k => k.Rows).Where(r => r.Kind != ReplayKind.Bad).Select(Text)];

    /// <summary>What <see cref="RowError.Raw"/> holds of the bad rows.</summary>
    public IReadOnlyList<string> BadRows => [.. Snapshot().SelectMany(k => k.Rows).Where(r => r.Kind == ReplayKind.Bad).Select(r => Raw(r.Id))];

    /// <summary>A key of good rows.</summary>
    public ReplayInput AddKey(int rows) => AddKey(Enumerable.Repeat(ReplayKind.Good, rows));

    public ReplayInput AddKey(IEnumerable<ReplayKind> rows)
    {
        lock (_lock)
        {
            _keys.Add(new ReplayKey($"key{_keys.Count:D3}", [.. rows.Select(k => new ReplayRow(_nextId++, k))]));
        }

        return this;
    }

    /// <summary>Adds rows to the end of a key.</summary>
    public void Append(int key, IEnumerable<ReplayKind> rows)
    {
        lock (_lock)
        {
            _keys[key] = _keys[key] with { Rows = [.. _keys[key].Rows, .. rows.Select(k => new ReplayRow(_nextId++, k))] };
        }
    }

    /// <summary>The keys as they are now.</summary>
    public IReadOnlyList<ReplayKey> Snapshot()
    {
        lock (_lock)
        {
            return [.. _keys];
        }
    }

    /// <summary>A row with the column <c>value</c> as text, whichever type it had when the row was written.</summary>
    public static string Canonical(string row)
    {
        const string member = "\"value\":";
        int at = row.IndexOf(member, StringComparison.Ordinal) + member.Length;
        return at < member.Length || row[at] == '"' ? row : $"{row[..at]}\"{row[at..^1]}\"}}";
    }

    internal static string Name(long id) => string.Create(CultureInfo.InvariantCulture, $"row {id}");

    internal static string Raw(long id) => string.Create(CultureInfo.InvariantCulture, $"bad {id}");

    internal static string Value(ReplayRow row) => (row.Kind == ReplayKind.Wide ? "w" : "") + (row.Id * 3).ToString(CultureInfo.InvariantCulture);

    private string Text(ReplayRow row)
    {
        string value = HasValue ? $",\"value\":\"{Value(row)}\"" : "";
        return string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{row.Id}},"name":"{{Name(row.Id)}}"{{value}}}""");
    }
}

/// <summary>Rows that are read in their order, such as those of a file.</summary>
public sealed record ReplayKey(string Name, IReadOnlyList<ReplayRow> Rows);

/// <param name="Id">Number of the row in the input.</param>
/// <param name="Kind">What is wrong with it.</param>
public readonly record struct ReplayRow(long Id, ReplayKind Kind);

/// <summary>What a row is like.</summary>
public enum ReplayKind
{
    Good,

    /// <summary>Cannot be decoded.</summary>
    Bad,

    /// <summary>Its <c>value</c> does not fit the type that the column seems to have.</summary>
    Wide,
}
