namespace Millrace.Formats.Avro;

/// <summary>Reads a header of which perhaps only the start is there: each method returns false where the bytes end.</summary>
internal ref struct AvroHeaderReader(ReadOnlySpan<byte> bytes, int position, string file)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; } = position;

    /// <summary>The number of entries of the next block of the map; 0 at its end.</summary>
    public bool TryReadCount(out long count)
    {
        if (!TryReadLong(out count))
        {
            return false;
        }

        if (count < 0)
        {
            count = count == long.MinValue ? throw Damaged("a count is out of range") : -count;
            return TryReadLong(out _);
        }

        return true;
    }

    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!TryReadLong(out long length))
        {
            return false;
        }

        return length is >= 0 and <= int.MaxValue ? TryTake((int)length, out value) : throw Damaged($"a property is {length} bytes long");
    }

    public bool TryTake(int length, out ReadOnlySpan<byte> value)
    {
        bool fits = length <= _bytes.Length - Position;
        value = fits ? _bytes.Slice(Position, length) : default;
        Position += fits ? length : 0;
        return fits;
    }

    private bool TryReadLong(out long value)
    {
        AvroVarint status = AvroVarints.Read(_bytes[Position..], out value, out int length);
        Position += length;
        return status switch
        {
            AvroVarint.Read => true,
            AvroVarint.Incomplete => false,
            _ => throw Damaged("a number takes more than 64 bits"),
        };
    }

    private readonly MillraceException Damaged(string detail) => AvroErrors.Header(file, Position, detail);
}
