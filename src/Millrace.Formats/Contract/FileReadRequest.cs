using Millrace.Columnar;

namespace Millrace.Formats;

/// <summary>What to read of a file, and how.</summary>
public sealed record FileReadRequest
{
    /// <summary>
    /// The wanted columns, in the order of the batches: names as in <see cref="FileInspection.Schema"/>, each with the type the
    /// batches shall have. The reader decodes straight into that type where it can (text into decimal) and otherwise casts.
    /// Empty means: no column, only the number of rows.
    /// </summary>
    public required Schema Columns { get; init; }

    /// <summary>
    /// Names of columns whose type somebody declared: a value that does not fit makes a bad row. In the others, whose
    /// type was inferred, it asks for a wider type. See <see cref="SchemaWideningException"/>.
    /// </summary>
    public IReadOnlySet<string> Declared { get; init; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    /// <summary>Row filters that all must hold; a reader may use them to skip what cannot match and need not filter rows.</summary>
    public IReadOnlyList<ColumnPredicate> Predicates { get; init; } = [];

    public required FileRange Range { get; init; }

    /// <summary>Rows a batch aims at. The last one is shorter.</summary>
    public int BatchRows { get; init; } = RecordBatch.DefaultRows;

    /// <summary>Stop after so many rows.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>
    /// Whether columns of text and bytes may come as <see cref="DictionaryColumn"/> of their type where the file has them so,
    /// batch by batch.
    /// </summary>
    public bool KeepsDictionaries { get; init; }

    /// <summary>Where bad rows go.</summary>
    public IRowErrorHandler RowErrors { get; init; } = FailOnRowError.Instance;
}
