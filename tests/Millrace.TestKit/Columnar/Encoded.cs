using Millrace.Columnar;

namespace Millrace.TestKit;

/// <summary>Batches whose columns of byte strings are dictionaries while their schema stays as it is: see <see cref="Dictionaries"/>.</summary>
public static class Encoded
{
    /// <summary>The caller owns the result.</summary>
    public static RecordBatch Of(RecordBatch batch) => new(batch.Schema, batch.Length, [.. batch.Columns.Select(Of)]);

    /// <summary>The same for a column; one of other types is shared.</summary>
    public static Column Of(Column column)
    {
        if (column is not BinaryColumn bytes)
        {
            return column.Share();
        }

        using var builder = new DictionaryBuilder(DataType.Dictionary(column.Type));
        var values = (BinaryBuilder)builder.Dictionary;
        var known = new Dictionary<string, int>();
        for (int row = 0; row < bytes.Length; row++)
        {
            if (bytes.IsNull(row))
            {
                builder.AppendNull();
                continue;
            }

            string text = Convert.ToHexString(bytes[row]);
            if (!known.TryGetValue(text, out int index))
            {
                known.Add(text, index = values.Length);
                values.Append(bytes[row]);
            }

            builder.Append(index);
        }

        return builder.Build();
    }
}
