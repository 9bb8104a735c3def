namespace Millrace.Sdk;

/// <summary>
/// What a connector can do, as data: <c>check</c>, the docs and the conformance suites read it, so a claim without a test
/// cannot be printed.
/// </summary>
public sealed record ConnectorCapabilities
{
    public IReadOnlyList<ReadMode> ReadModes { get; init; } = [];

    public IReadOnlyList<WriteMode> WriteModes { get; init; } = [];

    /// <summary>What the sink promises; null for a connector that only reads.</summary>
    public DeliveryGuarantee? Guarantee { get; init; }

    /// <summary>Columns that are not asked for are not fetched or not decoded.</summary>
    public bool PushesProjection { get; init; }

    /// <summary>Parts that a predicate rules out are not fetched.</summary>
    public bool PushesPredicate { get; init; }

    /// <summary>A limit stops the source early.</summary>
    public bool PushesLimit { get; init; }

    /// <summary>A stream can be read as several splits at once.</summary>
    public bool ReadsInParallel { get; init; }

    /// <summary>The target takes the keys of all rows that there are, and removes the others: see <see cref="SinkRequest.RemovesMissing"/>.</summary>
    public bool RemovesMissing { get; init; }

    /// <summary>
    /// The target has a place for headers beside the columns of a row. Its writer then takes the column <c>_headers</c>, a map
    /// from text to text, out of each row: a name with a value is set, one with null is left out.
    /// </summary>
    public bool CarriesHeaders { get; init; }

    /// <summary>Limits in plain words: sizes, rates, what is not supported.</summary>
    public IReadOnlyList<string> Limits { get; init; } = [];
}

public enum ReadMode
{
    /// <summary>Everything, every time.</summary>
    Full,

    /// <summary>What is new since the last commit: rows behind a cursor, or files that are new or changed.</summary>
    Incremental,

    /// <summary>A change stream.</summary>
    Cdc,
}

/// <summary>What an incremental read does about rows that are gone from their source.</summary>
public enum ReadDeletes
{
    /// <summary>They stay in the target.</summary>
    Ignore,

    /// <summary>The keys of all rows are read at the end of each run; what the target has beside them is removed.</summary>
    Compare,
}

public enum WriteMode
{
    /// <summary>Adds to what is there.</summary>
    Append,

    /// <summary>Replaces what is there, in one step.</summary>
    Overwrite,

    /// <summary>Upserts and deletes by key.</summary>
    Merge,

    /// <summary>Compares a full snapshot with what is there and applies the difference.</summary>
    SnapshotDiff,

    /// <summary>Keeps history: closes the old version of a row and adds the new one.</summary>
    Scd2,
}

public static class WriteModes
{
    /// <summary>Whether rows meet those that are there by key.</summary>
    public static bool IsByKey(this WriteMode mode) => mode is WriteMode.Merge or WriteMode.SnapshotDiff or WriteMode.Scd2;
}

public enum DeliveryGuarantee
{
    /// <summary>A row can arrive twice after a failure.</summary>
    AtLeastOnce,

    /// <summary>A replay gives the same rows: upsert by key.</summary>
    Idempotent,

    /// <summary>Data and checkpoint are committed together.</summary>
    ExactlyOnce,
}
