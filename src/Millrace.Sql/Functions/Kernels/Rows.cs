using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>A function of one row whose result has a fixed width. A struct, so that the loop over it is specialised.</summary>
internal interface IFixedRow<T>
    where T : unmanaged
{
    /// <summary>Computes a row whose arguments are not null; false makes it null.</summary>
    bool TryValue(int row, out T value);
}

/// <summary>A function of one row that appends its result to a builder, exactly one row.</summary>
internal interface IBuilderRow<TBuilder>
    where TBuilder : ColumnBuilder
{
    void Append(int row, TBuilder result);
}

/// <summary>The loops of strict functions: a null in any argument makes a null, and is not looked at further.</summary>
internal static class Rows
{
    public static Column Fixed<T, TRow>(in KernelCall call, TRow function)
        where T : unmanaged
        where TRow : IFixedRow<T>, allows ref struct
    {
        using var result = new FixedBuilder<T>(call.Type, call.Rows);
        Span<T> values = result.AppendUninitialized(call.Rows);
        bool nulls = call.HasNulls();
        for (int row = 0; row < values.Length; row++)
        {
            if ((nulls && call.AnyNull(row)) || !function.TryValue(row, out values[row]))
            {
                values[row] = default;
                result.SetNull(row);
            }
        }

        return result.Build();
    }

    public static Column Boolean<TRow>(in KernelCall call, TRow function)
        where TRow : IFixedRow<bool>, allows ref struct
    {
        using var result = new BooleanBuilder(call.Rows);
        bool nulls = call.HasNulls();
        for (int row = 0; row < call.Rows; row++)
        {
            if ((nulls && call.AnyNull(row)) || !function.TryValue(row, out bool value))
            {
                result.AppendNull();
            }
            else
            {
                result.Append(value);
            }
        }

        return result.Build();
    }

    public static Column Text<TRow>(in KernelCall call, TRow function)
        where TRow : IBuilderRow<BinaryBuilder>, allows ref struct => Build(call, new BinaryBuilder(call.Type, call.Rows), function);

    public static Column List<TRow>(in KernelCall call, TRow function)
        where TRow : IBuilderRow<ListBuilder>, allows ref struct => Build(call, new ListBuilder(call.Type, call.Rows), function);

    /// <summary>Runs a function over all rows. Takes over the builder.</summary>
    public static Column Build<TBuilder, TRow>(in KernelCall call, TBuilder builder, TRow function)
        where TBuilder : ColumnBuilder
        where TRow : IBuilderRow<TBuilder>, allows ref struct
    {
        using TBuilder result = builder;
        bool nulls = call.HasNulls();
        for (int row = 0; row < call.Rows; row++)
        {
            if (nulls && call.AnyNull(row))
            {
                result.AppendNull();
            }
            else
            {
                function.Append(row, result);
            }
        }

        return result.Build();
    }
}
