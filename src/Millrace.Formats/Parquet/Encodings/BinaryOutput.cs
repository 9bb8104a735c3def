using System.Runtime.CompilerServices;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>The byte strings of one batch: where each ends, and their bytes.</summary>
internal sealed unsafe class BinaryOutput : IDisposable
{
    /// <summary>Bytes of values that one batch may hold. Dictionaries and shared prefixes can make many of a few.</summary>
    private const int MaxBytes = 1 << 29;

    /// <summary>Bytes that can be written behind the room that was asked for: short values are copied as a whole vector.</summary>
    public const int Slack = 16;

    private readonly OutputBuffer _offsets = new();
    private readonly OutputBuffer _data = new();

    /// <summary>Values so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>Count + 1 positions.</summary>
    public int* Offsets => (int*)_offsets.Pointer;

    public byte* Data => _data.Pointer;

    /// <summary>Makes room for the offsets of so many more values and returns where their ends go.</summary>
    public int* Ends(int values)
    {
        _offsets.Ensure(((long)Count + values + 1) * sizeof(int), keep: (Count + 1) * sizeof(int));
        if (Count == 0)
        {
            Offsets[0] = 0;
        }

        return Offsets + Count + 1;
    }

    /// <summary>Makes room for so many more bytes and returns where they go.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Room(long bytes)
    {
        if (Length + bytes + Slack > _data.Capacity)
        {
            Grow(bytes);
        }

        return _data.Pointer + Length;
    }

    /// <summary>Counts what was written at <see cref="Ends"/> and <see cref="Room"/>.</summary>
    public void Add(int values, int bytes)
    {
        Count += values;
        Length += bytes;
    }

    /// <summary>Takes back the last values.</summary>
    public void Cut(int count)
    {
        Count = count;
        Length = count == 0 ? 0 : Offsets[count];
    }

    /// <summary>
    /// Moves the last <paramref name="values"/> values apart, so that they lie in the slots whose bit is one; the others become empty.
    /// </summary>
    public void Spread(int values, int slots, byte* validity, int start)
    {
        int first = Count - values;
        int* ends = Ends(slots - values) - values;
        int value = values - 1;
        for (int slot = slots - 1; slot > value; slot--)
        {
            ends[slot] = ends[value];
            value -= Bits.Get(validity, start + slot) ? 1 : 0;
        }

        Count = first + slots;
    }

    /// <summary>Hands the values over as a column and starts anew.</summary>
    public BinaryColumn Build(DataType type, NativeBuffer? validity, int nulls)
    {
        Ends(0);
        Room(0);
        int count = Count;
        Count = 0;
        Length = 0;
        return new BinaryColumn(type, count, _offsets.Detach(), _data.Detach(), validity, 0, nulls);
    }

    public void Dispose()
    {
        _offsets.Dispose();
        _data.Dispose();
    }

    private void Grow(long bytes)
    {
        if (Length + bytes > MaxBytes)
        {
            throw ParquetErrors.BatchTooLarge(MaxBytes);
        }

        _data.Ensure(Length + bytes + Slack, keep: Length);
    }
}
