using System.Collections.Frozen;
using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>What a job wants of a stream. The source says in <see cref="IReadPlan.Pushdown"/> what it took over.</summary>
public sealed record ReadRequest
{
    /// <summary>Name of the stream; null for sources that have just one.</summary>
    public string? Stream { get; init; }

    /// <summary>The wanted columns in the order wanted; null for all.</summary>
    public IReadOnlyList<RequestedColumn>? Columns { get; init; }

    /// <summary>
    /// All columns that whoever reads declares the stream to have, wanted or not; null when nothing is declared. For sources
    /// whose streams have no columns of their own.
    /// </summary>
    public IReadOnlyList<RequestedColumn>? Declared { get; init; }

    /// <summary>Filters that all must hold.</summary>
    public IReadOnlyList<ColumnPredicate> Predicates { get; init; } = [];

    public long Limit { get; init; } = long.MaxValue;

    public ReadMode Mode { get; init; } = ReadMode.Full;

    /// <summary>Column that grows with every change, for incremental reads of tables.</summary>
    public string? Cursor { get; init; }

    /// <summary>How far before the committed cursor an incremental read starts again.</summary>
    public TimeSpan Lookback { get; init; }

    /// <summary>Where the last commit stands; null for a first run.</summary>
    public Checkpoint? Since { get; init; }

    /// <summary>Whether the run waits for more when it has read all there is. A source without anything to read is then no error.</summary>
    public bool Follows { get; init; }

    /// <summary>
    /// Whether the progress of this read is kept, so that a later run can go on with it. Where it is not, a source leaves nothing
    /// behind for later.
    /// </summary>
    public bool KeepsProgress { get; init; }

    /// <summary>Whether all that is read is committed at once, so that the read never goes on in the middle.</summary>
    public bool IsOneEpoch { get; init; }

    /// <summary>Types of inferred columns that an earlier attempt found too narrow.</summary>
    public IReadOnlyDictionary<string, DataType> Widened { get; init; } = FrozenDictionary<string, DataType>.Empty;

    /// <summary>
    /// Whether columns of text and bytes may come as <see cref="DictionaryColumn"/> of their type, batch by batch. The schema has
    /// their plain type all the same.
    /// </summary>
    public bool KeepsDictionaries { get; init; }

    /// <summary>Rows a batch aims at.</summary>
    public int BatchRows { get; init; } = RecordBatch.DefaultRows;

    /// <summary>Bytes a split aims at where a stream can be cut anywhere.</summary>
    public long SplitBytes { get; init; } = 2 << 20;
}

/// <summary>A column of a request.</summary>
/// <param name="Name">Name in the stream.</param>
/// <param name="Type">Type wanted; null for the type that the stream has.</param>
public sealed record RequestedColumn(string Name, DataType? Type = null);
