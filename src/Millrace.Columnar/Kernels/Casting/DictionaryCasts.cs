namespace Millrace.Columnar;

/// <summary>Dictionary-encoded columns to plain ones: the values are converted once, then spread over the rows.</summary>
internal static class DictionaryCasts
{
    public static Column Decode(Column source, DataType target, CastFailures failures)
    {
        var column = (DictionaryColumn)source;
        var valueFailures = new CastFailures();
        using Column values = Cast.Run(column.Dictionary, target, valueFailures);
        using Column plain = Take.Rows(values, column.Indices);
        if (valueFailures.Count == 0)
        {
            return column.HasNulls ? plain.WithNulls(column.Validity) : plain.Share();
        }

        var messages = valueFailures.All.ToDictionary(f => f.Row, f => f.Message);
        using ColumnBuilder builder = ColumnBuilder.Create(target, column.Length);
        builder.AppendRange(plain, 0, plain.Length);
        for (int row = 0; row < column.Length; row++)
        {
            if (column.IsNull(row))
            {
                builder.SetNull(row);
            }
            else if (messages.TryGetValue(column.Indices[row], out string? message))
            {
                failures.Add(row, message);
            }
        }

        return builder.Build();
    }
}
