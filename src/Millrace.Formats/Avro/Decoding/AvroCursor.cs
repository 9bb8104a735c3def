using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Millrace.Formats.Avro;

/// <summary>
/// Reads the binary encoding (specification, section Binary Encoding). Bytes that cannot be an encoding throw; a value that
/// is encoded well but does not fit is noted in <see cref="BadValue"/>, and the row is set aside when it is over.
/// </summary>
internal unsafe ref struct AvroCursor(byte* at, byte* end, long budget = AvroCursor.FullBudget)
{
    /// <summary>
    /// The most memory that the items and symbols of one batch may grow to, about. Few bytes of a file can stand for many of a column:
    /// an item that is null takes none.
    /// </summary>
    public const long FullBudget = 256 << 20;

    // Only data of a recursive type can nest deeper than its schema.
    private const int MaxDepth = 128;

    private readonly byte* _end = end;
    private long _budget = budget;
    private int _depth;

    public byte* At { get; private set; } = at;

    /// <summary>What is wrong with a value of the current row; null if nothing is.</summary>
    public BadAvroValue? BadValue { get; set; }

    /// <summary>What is left of the budget, for the next block of the same batch.</summary>
    public readonly long Budget => _budget;

    public readonly long Remaining => _end - At;

    public void Note(ErrorCode code, string message, string field) => BadValue ??= new BadAvroValue(code, message, field);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadLong()
    {
        byte* at = At;
        if (at < _end && *at < 0x80)
        {
            ulong value = *at;
            At = at + 1;
            return (long)(value >> 1) ^ -(long)(value & 1);
        }

        return ReadLongSlow();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt()
    {
        long value = ReadLong();
        return value == (int)value ? (int)value : throw AvroErrors.CorruptBlock($"an int is {value}, which does not fit 32 bits");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadBytes()
    {
        long length = ReadLong();
        return (ulong)length <= (ulong)(_end - At) ? Take((int)length) : throw TooLong(length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T ReadRaw<T>()
        where T : unmanaged
    {
        byte* at = At;
        if (_end - at < sizeof(T))
        {
            throw TooLong(sizeof(T));
        }

        At = at + sizeof(T);
        return Unsafe.ReadUnaligned<T>(at);
    }

    public ReadOnlySpan<byte> ReadFixed(int length) => length <= _end - At ? Take(length) : throw TooLong(length);

    public bool ReadBoolean()
    {
        byte value = ReadRaw<byte>();
        return value <= 1 ? value == 1 : throw AvroErrors.CorruptBlock($"a boolean is the byte {value}");
    }

    /// <summary>The index of a union's branch or an enum's symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadIndex(int count)
    {
        long index = ReadLong();
        return (ulong)index < (ulong)count ? (int)index : throw AvroErrors.CorruptBlock($"an index is {index}, expected less than {count}");
    }

    public void Skip(long length)
    {
        if ((ulong)length > (ulong)(_end - At))
        {
            throw TooLong(length);
        }

        At += length;
    }

    /// <summary>
    /// The number of items in the next block of an array or map, 0 at its end. A negative number in the data means that the
    /// block's size in bytes follows.
    /// </summary>
    /// <param name="minItemSize">The fewest bytes that an item takes.</param>
    /// <param name="itemCost">Bytes that an item takes in memory, about.</param>
    /// <param name="size">The block's bytes, or -1 when it does not say.</param>
    public int ReadBlockCount(int minItemSize, int itemCost, out long size)
    {
        long count = ReadLong();
        size = -1;
        if (count < 0)
        {
            size = ReadLong();
            if ((ulong)size > (ulong)(_end - At))
            {
                throw TooLong(size);
            }

            count = count == long.MinValue ? long.MaxValue : -count;
        }

        if (minItemSize > 0 && count > Remaining / minItemSize)
        {
            throw AvroErrors.CorruptBlock($"{count} items cannot lie in the {Remaining} bytes that are left");
        }

        Charge(count, itemCost);
        return (int)count;
    }

    /// <summary>Takes memory that values will need from the budget.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Charge(long count, int cost)
    {
        if (cost > 0 && count > _budget / cost)
        {
            throw AvroErrors.Limit($"The items of arrays and maps in one batch need more than {FullBudget >> 20} MiB");
        }

        _budget -= count * cost;
    }

    public void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw AvroErrors.Limit($"A value nests deeper than {MaxDepth}");
        }
    }

    public void Leave() => _depth--;

    private ReadOnlySpan<byte> Take(int length)
    {
        var span = new ReadOnlySpan<byte>(At, length);
        At += length;
        return span;
    }

    // Numbers of up to eight bytes at once: the first byte below 0x80 is the last one, and the low seven bits of each are
    // pushed together.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadLongSlow()
    {
        if (Bmi2.X64.IsSupported && _end - At >= sizeof(ulong))
        {
            ulong word = Unsafe.ReadUnaligned<ulong>(At);
            ulong last = ~word & 0x8080_8080_8080_8080;
            if (last != 0)
            {
                At += (BitOperations.TrailingZeroCount(last) >> 3) + 1;
                ulong value = Bmi2.X64.ParallelBitExtract(word & (last ^ (last - 1)), 0x7F7F_7F7F_7F7F_7F7F);
                return (long)(value >> 1) ^ -(long)(value & 1);
            }
        }

        return ReadLongByByte();
    }

    private long ReadLongByByte()
    {
        int atHand = (int)Math.Min(_end - At, AvroVarints.MaxLength);
        switch (AvroVarints.Read(new ReadOnlySpan<byte>(At, atHand), out long value, out int length))
        {
            case AvroVarint.Read:
                At += length;
                return value;
            case AvroVarint.Incomplete:
                throw AvroErrors.CorruptBlock("it ends inside a number");
            default:
                throw AvroErrors.CorruptBlock("a number takes more than 64 bits");
        }
    }

    private readonly MillraceException TooLong(long length)
        => AvroErrors.CorruptBlock($"a value of {length} bytes does not lie in the {Remaining} bytes that are left");
}

/// <summary>Why a row is set aside.</summary>
internal sealed record BadAvroValue(ErrorCode Code, string Message, string Field);
