using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Gives the rows of an argument as .NET values. One lane uses it; what it is bound to is borrowed.</summary>
internal abstract class ValueReader
{
    private bool _hasNulls;
    private Column? _column;

    protected int Step { get; private set; }

    public virtual void Bind(Vector vector)
    {
        _column = vector.Column;
        _hasNulls = vector.Column.HasNulls;
        Step = vector.Step;
    }

    public bool IsNull(int row) => _hasNulls && _column!.IsNull(row * Step);
}

/// <summary>The same, for a type. Loops know the sealed class, so that <see cref="Get"/> is compiled into them.</summary>
internal abstract class ValueReader<T> : ValueReader
{
    /// <summary>The value of a row; of a null row whatever the type has for it.</summary>
    public abstract T Get(int row);
}

/// <summary>Values that lie in memory as they are in .NET.</summary>
internal sealed unsafe class FixedReader<T> : ValueReader<T>
    where T : unmanaged
{
    private T* _values;

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _values = (T*)FixedMemory.Start(vector.Column);
    }

    public override T Get(int row) => _values[row * Step];
}

/// <summary>Values made from those that lie in memory. The conversion is a struct, so that loops hold it inside.</summary>
internal sealed unsafe class ConvertedReader<TStored, T, TConversion> : ValueReader<T>
    where TStored : unmanaged
    where TConversion : struct, IConversion<TStored, T>
{
    private TStored* _values;
    private DataType? _type;

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _values = (TStored*)FixedMemory.Start(vector.Column);
        _type = vector.Type;
    }

    // A null row's memory can hold anything, which need not be a value of the type.
    public override T Get(int row) => IsNull(row) ? default! : TConversion.Read(_values[row * Step], _type!);
}

internal sealed class BooleanReader : ValueReader<bool>
{
    private BooleanColumn? _column;

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _column = (BooleanColumn)vector.Column;
    }

    public override bool Get(int row) => _column!.Values[row * Step];
}

internal sealed class Utf8Reader : ValueReader<string?>
{
    private BinaryColumn? _column;

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _column = (BinaryColumn)vector.Column;
    }

    public override string? Get(int row) => IsNull(row) ? null : System.Text.Encoding.UTF8.GetString(_column![row * Step]);
}

internal sealed class BytesReader : ValueReader<byte[]?>
{
    private BinaryColumn? _column;

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _column = (BinaryColumn)vector.Column;
    }

    public override byte[]? Get(int row) => IsNull(row) ? null : _column![row * Step].ToArray();
}

/// <summary>Values of a type that can be null in .NET only with a wrapper.</summary>
internal sealed class NullableReader<T, TReader> : ValueReader<T?>
    where T : struct
    where TReader : ValueReader<T>, new()
{
    private readonly TReader _values = new();

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _values.Bind(vector);
    }

    public override T? Get(int row) => _values.IsNull(row) ? null : _values.Get(row);
}

internal sealed class ArrayReader<T, TReader> : ValueReader<T[]?>
    where TReader : ValueReader<T>, new()
{
    private static readonly bool ElementsCanBeNull = default(T) is null;

    private readonly TReader _elements = new();
    private ListColumn? _column;

    public override void Bind(Vector vector)
    {
        base.Bind(vector);
        _column = (ListColumn)vector.Column;
        _elements.Bind(new Vector(_column.Items));
    }

    public override T[]? Get(int row)
    {
        if (IsNull(row))
        {
            return null;
        }

        int at = row * Step;
        int start = _column!.Offsets[at];
        var values = new T[_column.Offsets[at + 1] - start];
        for (int i = 0; i < values.Length; i++)
        {
            if (!ElementsCanBeNull && _elements.IsNull(start + i))
            {
                throw new UserValueException($"the array holds a null, and {typeof(T).Name} cannot be null; take {typeof(T).Name}?[].");
            }

            values[i] = _elements.Get(start + i);
        }

        return values;
    }
}
