using Millrace.Columnar;

namespace Millrace.Formats.Avro;

/// <summary>The builders of the wanted columns and the plan that fills them row by row.</summary>
internal sealed class RowDecoder : IDisposable
{
    private readonly Schema _columns;
    private readonly ColumnBuilder[] _builders;

    /// <param name="writer">What the rows were written with.</param>
    /// <param name="reader">What they are resolved to.</param>
    /// <param name="columns">The wanted columns of the reader's schema, with their types.</param>
    /// <param name="capacity">Rows to expect.</param>
    public RowDecoder(AvroType writer, AvroType reader, Schema columns, int capacity)
    {
        _columns = columns;
        Schema all = AvroMapping.ToSchema(reader);
        var byField = new ColumnBuilder?[all.Count];
        _builders = new ColumnBuilder[columns.Count];
        try
        {
            for (int i = 0; i < columns.Count; i++)
            {
                int field = all.Require(columns[i].Name);
                _builders[i] = ColumnBuilder.Create(all[field].Type, capacity);
                byField[field] = _builders[i];
            }

            Plan = DecodePlanner.PlanRows(writer, reader, byField);
            MinSize = AvroSizes.Min(writer);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Decodes one row.</summary>
    public DecodeNode Plan { get; }

    /// <summary>The fewest bytes of a row.</summary>
    public int MinSize { get; }

    public RecordBatch Build(int rows)
    {
        var columns = new Column[_builders.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = _builders[i].Build();
        }

        return new RecordBatch(_columns, rows, columns);
    }

    /// <summary>Forgets the rows from <paramref name="rows"/> on.</summary>
    public void Truncate(int rows)
    {
        foreach (ColumnBuilder builder in _builders)
        {
            builder.Truncate(rows);
        }
    }

    public void Dispose()
    {
        foreach (ColumnBuilder? builder in _builders)
        {
            builder?.Dispose();
        }
    }
}
