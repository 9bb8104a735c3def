using Millrace.Columnar;

namespace Millrace.Sql.Streaming;

/// <summary>What has to change so that some rows become others.</summary>
internal static class RowDifference
{
    /// <summary>Gives it, with weights: first what is taken back. Rows that are in both are left alone.</summary>
    /// <param name="schema">Of the rows.</param>
    /// <param name="old">Rows that were given; borrowed.</param>
    /// <param name="now">Rows that are to be; borrowed.</param>
    /// <param name="emit">Takes batches over.</param>
    public static void Emit(Schema schema, IEnumerable<RecordBatch> old, IEnumerable<RecordBatch> now, Action<RecordBatch> emit)
    {
        using var difference = new RowBag(schema);
        foreach (RecordBatch rows in old)
        {
            difference.Add(rows, default, -1);
        }

        foreach (RecordBatch rows in now)
        {
            difference.Add(rows, default);
        }

        foreach ((RecordBatch rows, long[] weights) in difference.Read())
        {
            using (rows)
            {
                emit(Weights.Join(rows, weights));
            }
        }
    }
}
