using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>An argument of text, JSON or bytes, by row. Borrowed from the call.</summary>
internal readonly struct TextArgument(Vector vector)
{
    private readonly BinaryColumn _column = (BinaryColumn)vector.Column;
    private readonly int _step = vector.Step;

    public ReadOnlySpan<byte> this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _column[row * _step];
    }
}

/// <summary>An argument of a fixed width, by row. Borrowed from the call.</summary>
internal readonly ref struct FixedArgument<T>(Vector vector)
    where T : unmanaged
{
    private readonly ReadOnlySpan<T> _values = ((FixedColumn<T>)vector.Column).Values;
    private readonly int _step = vector.Step;

    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _values[row * _step];
    }
}

/// <summary>An array or map argument: the rows of its items that make a row of it. Borrowed from the call.</summary>
internal readonly ref struct ListArgument(Vector vector)
{
    private readonly ReadOnlySpan<int> _offsets = ((ListColumn)vector.Column).Offsets;
    private readonly int _step = vector.Step;

    public (int Start, int End) this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_offsets[row * _step], _offsets[(row * _step) + 1]);
    }
}

/// <summary>A boolean argument, by row. Borrowed from the call.</summary>
internal readonly struct BooleanArgument(Vector vector)
{
    private readonly Bitmap _values = ((BooleanColumn)vector.Column).Values;
    private readonly int _step = vector.Step;

    public bool this[int row] => _values[row * _step];
}

/// <summary>Arguments of a call by number.</summary>
internal static class CallArguments
{
    public static TextArgument Text(this in KernelCall call, int argument) => new(call.Arguments[argument]);

    public static ListArgument List(this in KernelCall call, int argument) => new(call.Arguments[argument]);

    public static BooleanArgument Boolean(this in KernelCall call, int argument) => new(call.Arguments[argument]);

    /// <summary>The elements of an array argument, or the entries of a map. Borrowed.</summary>
    public static Column Items(this in KernelCall call, int argument) => ((ListColumn)call.Arguments[argument].Column).Items;

    public static FixedArgument<T> Fixed<T>(this in KernelCall call, int argument)
        where T : unmanaged => new(call.Arguments[argument]);

    /// <summary>Whether an optional argument was given.</summary>
    public static bool Has(this in KernelCall call, int argument) => argument < call.Arguments.Length;

    /// <summary>Whether any argument of a row is null.</summary>
    public static bool AnyNull(this in KernelCall call, int row)
    {
        foreach (ref readonly Vector argument in call.Arguments)
        {
            if (argument.IsNull(row))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any argument has a null at all.</summary>
    public static bool HasNulls(this in KernelCall call)
    {
        foreach (ref readonly Vector argument in call.Arguments)
        {
            if (argument.Column.HasNulls)
            {
                return true;
            }
        }

        return false;
    }
}
