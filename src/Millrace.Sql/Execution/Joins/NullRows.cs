using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Rows that are all null, for the side of an outer join that has no match.</summary>
internal static class NullRows
{
    /// <summary>One row of nulls; the caller owns it.</summary>
    public static RecordBatch One(Schema schema)
    {
        var columns = new Column[schema.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            using ColumnBuilder builder = ColumnBuilder.Create(schema[i].Type, 1);
            builder.AppendNull();
            columns[i] = builder.Build();
        }

        return new RecordBatch(schema, 1, columns);
    }

    /// <summary>No rows; the caller owns the batch.</summary>
    public static RecordBatch None(Schema schema)
    {
        using RecordBatch one = One(schema);
        return one.Slice(0, 0);
    }
}
