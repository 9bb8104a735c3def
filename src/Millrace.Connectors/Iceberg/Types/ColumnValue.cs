using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Iceberg;

/// <summary>Single values out of columns and into them, in the forms of <see cref="SingleValue"/>. Once a file or a batch, never per row.</summary>
public static class ColumnValue
{
    /// <summary>The value of a row; null for null.</summary>
    public static object? Read(Column column, int row) => column.IsNull(row) ? null : column switch
    {
        BooleanColumn c => c.Values[row],
        FixedColumn<int> c => c.Values[row],
        FixedColumn<long> c => c.Values[row],
        FixedColumn<float> c => c.Values[row],
        FixedColumn<double> c => c.Values[row],
        FixedColumn<Int128> c => c.Values[row],
        BinaryColumn c when c.Type.IsText => c.GetString(row),
        BinaryColumn c => c[row].ToArray(),
        FixedBinaryColumn c => c[row].ToArray(),
        _ => throw new ArgumentException($"A value of {column.Type} is no single value."),
    };

    /// <summary>Appends a value, or null, to a builder of the value's type.</summary>
    public static void Append(ColumnBuilder builder, object? value)
    {
        switch (builder, value)
        {
            case (_, null):
                builder.AppendNull();
                break;
            case (BooleanBuilder b, bool v):
                b.Append(v);
                break;
            case (FixedBuilder<int> b, int v):
                b.Append(v);
                break;
            case (FixedBuilder<long> b, long v):
                b.Append(v);
                break;
            case (FixedBuilder<float> b, float v):
                b.Append(v);
                break;
            case (FixedBuilder<double> b, double v):
                b.Append(v);
                break;
            case (FixedBuilder<Int128> b, Int128 v):
                b.Append(v);
                break;
            case (BinaryBuilder b, string v):
                b.Append(Encoding.UTF8.GetBytes(v));
                break;
            case (BinaryBuilder b, byte[] v):
                b.Append(v);
                break;
            case (FixedBinaryBuilder b, byte[] v):
                b.Append(v);
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is no value of {builder.Type}.");
        }
    }

    /// <summary>A column of nulls of any type; the caller owns it.</summary>
    public static Column Nulls(DataType type, int rows)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, 1);
        builder.AppendNull();
        using Column one = builder.Build();
        return Columnar.Repeat.Row(one, rows);
    }

    /// <summary>A column that has one value, or null, in every row; the caller owns it.</summary>
    public static Column Repeat(DataType type, object? value, int rows)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, 1);
        Append(builder, value);
        using Column one = builder.Build();
        return Columnar.Repeat.Row(one, rows);
    }
}
