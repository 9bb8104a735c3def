using Millrace.Columnar;

namespace Millrace.Runtime;

/// <summary>Rows as text, for people.</summary>
public static class RowText
{
    /// <summary>Appends a row of cells for each row of a batch; a null is null.</summary>
    public static void Append(RecordBatch batch, List<string?[]> rows)
    {
        if (batch.Length == 0)
        {
            return;
        }

        int first = rows.Count;
        for (int i = 0; i < batch.Length; i++)
        {
            rows.Add(new string?[batch.Columns.Count]);
        }

        for (int c = 0; c < batch.Columns.Count; c++)
        {
            CastResult cast = Cast.To(batch[c], DataType.Utf8);
            using Column column = cast.Column;
            var text = (BinaryColumn)column;
            for (int i = 0; i < batch.Length; i++)
            {
                rows[first + i][c] = text.IsNull(i) ? null : text.GetString(i);
            }
        }
    }
}
