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
                _builders[i] = ColumnBuilder.Create(DecodedType(all[field], columns[i].Type), capacity);
                byField[field] = _builders[i];
                HasCasts |= !_builders[i].Type.Equals(columns[i].Type);
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

    /// <summary>Whether columns are wanted in other types than those they are decoded to.</summary>
    public bool HasCasts { get; }

    /// <summary>Makes a batch of the rows. Values that cannot be converted are null in it and reported.</summary>
    public RecordBatch Build(int rows, List<ColumnFailure> failures)
    {
        var columns = new Column[_builders.Length];
        int built = 0;
        try
        {
            for (; built < columns.Length; built++)
            {
                columns[built] = Convert(_builders[built].Build(), _columns[built], failures);
            }
        }
        catch
        {
            for (int i = 0; i < built; i++)
            {
                columns[i].Dispose();
            }

            throw;
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

    // Widening costs nothing while decoding; everything else is converted afterwards.
    private static DataType DecodedType(Field field, DataType wanted)
    {
        bool widens = (field.Type.Id, wanted.Id) is (TypeId.Int32, TypeId.Int64 or TypeId.Float64) or (TypeId.Float32, TypeId.Float64);
        if (widens || field.Type.Equals(wanted))
        {
            return wanted;
        }

        return Cast.IsPossible(field.Type, wanted)
            ? field.Type
            : throw ColumnarErrors.CastNotPossibleCode.Error($"{field.Type} cannot be converted into {wanted}.", new ErrorPlace { Field = field.Name });
    }

    private static Column Convert(Column decoded, Field wanted, List<ColumnFailure> failures)
    {
        if (decoded.Type.Equals(wanted.Type))
        {
            return decoded;
        }

        using (decoded)
        {
            CastResult result = Cast.To(decoded, wanted.Type);
            failures.AddRange(result.Failures.Select(f => new ColumnFailure(f.Row, wanted.Name, f.Message)));
            return result.Column;
        }
    }
}

/// <summary>A value that could not be converted to the wanted type.</summary>
internal readonly record struct ColumnFailure(int Row, string Column, string Message);
