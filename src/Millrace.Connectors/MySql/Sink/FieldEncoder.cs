using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>
/// Makes the values of a column into text as a statement takes it. One encoder belongs to one column of one writer; a call
/// replaces what the last one made.
/// </summary>
internal abstract unsafe class FieldEncoder : IDisposable
{
    private NativeBuffer? _data;

    /// <summary>Where each value starts among the bytes.</summary>
    public int[] Starts { get; private set; } = [];

    /// <summary>Bytes of each value; -1 for NULL.</summary>
    public int[] Lengths { get; private set; } = [];

    /// <summary>The bytes of all values, which are native memory and valid as long as the column.</summary>
    public abstract byte* DataOf(Column column);

    /// <summary>Encodes a column of the type that the encoder takes.</summary>
    /// <param name="column">Values.</param>
    /// <param name="escape">What has to be escaped.</param>
    public abstract void Encode(Column column, Escape escape);

    public void Dispose()
    {
        _data?.Dispose();
        _data = null;
    }

    /// <summary>The encoder's own bytes.</summary>
    protected byte* Own => _data is null ? null : _data.Pointer;

    protected void Begin(int rows)
    {
        if (Starts.Length < rows)
        {
            Starts = new int[rows];
            Lengths = new int[rows];
        }
    }

    /// <summary>Room for so many bytes of the encoder's own, whatever it held before.</summary>
    protected Span<byte> Rent(long bytes)
    {
        if (_data is null || _data.Capacity < bytes)
        {
            Dispose();
            _data = BufferPool.Rent(checked((int)bytes));
        }

        return new Span<byte>(_data.Pointer, _data.Capacity);
    }
}

/// <summary>What stands around a value, and so must not stand in it.</summary>
internal enum Escape
{
    /// <summary>Tabs and line ends, of the rows of LOAD DATA.</summary>
    Line,

    /// <summary>Quotes, of a constant in SQL.</summary>
    Quote,
}
