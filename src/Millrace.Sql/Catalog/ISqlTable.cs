using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Catalog;

/// <summary>Something that <c>FROM</c> can name: a table, stream, file or topic. Whoever gives it to the engine decides what is behind it.</summary>
public interface ISqlTable
{
    /// <summary>Name for people: <c>orders</c>, <c>'trades.jsonl'</c>.</summary>
    string Name { get; }

    Schema Schema { get; }

    /// <summary>Columns that can be asked for by name but are no part of <c>*</c>: <c>_event_time</c> and its kin.</summary>
    IReadOnlyList<Field> SystemColumns => [];

    /// <summary>Columns of the primary key, in order; empty where rows have none.</summary>
    IReadOnlyList<string> Key => [];

    /// <summary>Whether of the rows of a <see cref="Key"/> only the latest counts: what a query sees has each key once.</summary>
    bool KeepsLatest => false;

    /// <summary>With <see cref="KeepsLatest"/>: the column whose greatest value makes a row the latest; null for the order in which rows come.</summary>
    string? VersionColumn => null;

    /// <summary>Whether reading never ends.</summary>
    bool IsUnbounded => false;

    /// <summary>How far its event time is complete when a row was read; null for a table without.</summary>
    TableWatermark? Watermark => null;

    /// <summary>About how many rows there are; null when unknown.</summary>
    long? RowEstimate => null;

    /// <summary>Begins to read.</summary>
    ValueTask<ITableScan> ScanAsync(TableRequest request, CancellationToken cancellation);
}

/// <summary><c>WATERMARK FOR column AS expression</c>.</summary>
/// <param name="Column">The column with the event time of a row.</param>
/// <param name="Expression">Over the table's columns, a timestamp: no row with an earlier time is expected behind this one.</param>
public sealed record TableWatermark(string Column, ExpressionSyntax Expression);

/// <summary>What a query wants of a table.</summary>
/// <param name="Columns">Names of the wanted columns in their order; may be empty when only the number of rows matters.</param>
/// <param name="Predicates">Comparisons that all must hold. The table may use them to leave rows out, and need not.</param>
/// <param name="Limit">Rows after which nothing more is needed.</param>
public sealed record TableRequest(IReadOnlyList<string> Columns, IReadOnlyList<ColumnPredicate> Predicates, long Limit = long.MaxValue)
{
    /// <summary>Whether columns of text and bytes may come as <see cref="DictionaryColumn"/> of their type, batch by batch.</summary>
    public bool KeepsDictionaries { get; init; }
}

/// <summary>A table being read by several lanes at once.</summary>
public interface ITableScan : IAsyncDisposable
{
    /// <summary>Schema of the batches: the wanted columns in their order.</summary>
    Schema Schema { get; }

    /// <summary>Whether no row that fails a predicate comes out.</summary>
    bool AppliesPredicates => false;

    /// <summary>
    /// The next part of the table that nobody has taken yet, or null when all are taken. Several lanes call at once.
    /// Parts are numbered in the order of the table.
    /// </summary>
    ValueTask<ITablePart?> NextPartAsync(CancellationToken cancellation);
}

/// <summary>A part of a table, read by one lane.</summary>
public interface ITablePart : IAsyncDisposable
{
    /// <summary>Number of the part in the order of the table, from 0.</summary>
    int Number { get; }

    /// <summary>The next rows, which the caller owns; null at the end of the part.</summary>
    ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation);
}
