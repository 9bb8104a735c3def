using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Streaming;

/// <summary>
/// How often each row of a changelog counts: 1 adds a row, -1 takes an equal one back. Batches of stages that give changes
/// carry it as one more column behind those of their schema; batches of stages that only ever add rows do not.
/// </summary>
public static class Weights
{
    /// <summary>Name of the column, which no query can name.</summary>
    public const string Name = "#weight";

    /// <summary>The column in plans.</summary>
    public static ColumnVariable Variable { get; } = new(Name, DataType.Int64, nullable: false);

    /// <summary>The field of the column.</summary>
    public static Field Field { get; } = Variable.ToField();

    /// <summary>A schema with the column behind the others.</summary>
    public static Schema Append(Schema schema) => new([.. schema.Fields, Field]);

    /// <summary>The weights of a batch that has them.</summary>
    public static ReadOnlySpan<long> Of(RecordBatch changes) => ((FixedColumn<long>)changes[changes.Schema.Count - 1]).Values;

    /// <summary>The weights of a batch, or empty where all rows count once.</summary>
    public static ReadOnlySpan<long> Of(RecordBatch rows, bool isChanges) => isChanges ? Of(rows) : default;

    /// <summary>How often a row counts that counted so often before.</summary>
    public static long Sum(long weight, long more)
    {
        long sum = unchecked(weight + more);
        return ((weight ^ sum) & (more ^ sum)) >= 0 ? sum : throw StreamErrors.WeightTooLarge();
    }

    /// <summary>How often a pair of rows counts.</summary>
    public static long Product(long left, long right)
    {
        long high = Math.BigMul(left, right, out long product);
        return high == product >> 63 ? product : throw StreamErrors.WeightTooLarge();
    }

    /// <summary>A batch with its weights behind it. Columns are shared; the caller owns the result.</summary>
    public static RecordBatch Join(RecordBatch rows, ReadOnlySpan<long> weights)
    {
        using var column = new FixedBuilder<long>(DataType.Int64, weights.Length);
        weights.CopyTo(column.AppendUninitialized(weights.Length));
        return new RecordBatch(Append(rows.Schema), rows.Length, [.. rows.Columns.Select(c => c.Share()), column.Build()]);
    }

    /// <summary>A batch with one weight for all of its rows. Columns are shared; the caller owns the result.</summary>
    public static RecordBatch Join(RecordBatch rows, long weight)
    {
        using var column = new FixedBuilder<long>(DataType.Int64, rows.Length);
        column.AppendUninitialized(rows.Length).Fill(weight);
        return new RecordBatch(Append(rows.Schema), rows.Length, [.. rows.Columns.Select(c => c.Share()), column.Build()]);
    }

    /// <summary>A batch without its weights. Columns are shared; the caller owns the result.</summary>
    public static RecordBatch Strip(RecordBatch changes) => changes.Select([.. Enumerable.Range(0, changes.Schema.Count - 1)]);
}
