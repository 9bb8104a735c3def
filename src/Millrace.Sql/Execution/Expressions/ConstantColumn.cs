using System.Diagnostics;
using System.Text;
using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Single values as columns of one row and back, as <see cref="Binding.BoundConstant.Value"/> describes them.</summary>
public static class ConstantColumn
{
    /// <summary>One row with a value; the caller owns it. Of nested types there is only null.</summary>
    public static Column Create(DataType type, object? value) => CreateRows(type, [value]);

    /// <summary>A row for each value; the caller owns them.</summary>
    public static Column CreateRows(DataType type, ReadOnlySpan<object?> values)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, values.Length);
        foreach (object? value in values)
        {
            Append(builder, value);
        }

        return builder.Build();
    }

    /// <summary>Appends a value to a builder of its type.</summary>
    public static void Append(ColumnBuilder builder, object? value)
    {
        switch (builder, value)
        {
            case (_, null): builder.AppendNull(); break;
            case (BooleanBuilder b, bool v): b.Append(v); break;
            case (BinaryBuilder b, string v): b.Append(Encoding.UTF8.GetBytes(v)); break;
            case (BinaryBuilder b, byte[] v): b.Append(v); break;
            case (FixedBinaryBuilder b, byte[] v): b.Append(v); break;
            default: FixedType.Dispatch<AppendVisitor, bool>(builder.Type, new AppendVisitor(builder, value)); break;
        }
    }

    /// <summary>The value of a row. Values of nested types are not among those that can be read.</summary>
    public static object? Read(Column column, int row)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        return column switch
        {
            BooleanColumn c => c.Values[row],
            BinaryColumn c => c.Type.IsText ? c.GetString(row) : c[row].ToArray(),
            FixedBinaryColumn c => c[row].ToArray(),
            DictionaryColumn c => Read(c.Dictionary, c.Indices[row]),
            _ => FixedType.Dispatch<ReadVisitor, object>(column.Type, new ReadVisitor(column, row)),
        };
    }

    private readonly struct AppendVisitor(ColumnBuilder builder, object value) : IFixedVisitor<bool>
    {
        public bool Visit<T>(DataType type)
            where T : unmanaged
        {
            ((FixedBuilder<T>)builder).Append((T)value);
            return true;
        }

        public bool VisitBinary(DataType type) => throw new UnreachableException();
    }

    private readonly struct ReadVisitor(Column column, int row) : IFixedVisitor<object>
    {
        public object Visit<T>(DataType type)
            where T : unmanaged => ((FixedColumn<T>)column).Values[row];

        public object VisitBinary(DataType type) => throw new UnreachableException();
    }
}
