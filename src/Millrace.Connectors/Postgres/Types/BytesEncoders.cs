using System.Buffers.Binary;
using Millrace.Columnar;

namespace Millrace.Connectors.Postgres;

/// <summary>Values whose bytes are the server's bytes: text, bytea, json, enums; jsonb behind its version.</summary>
/// <param name="prefix">A byte before each value, or none.</param>
internal sealed class BytesEncoder(byte? prefix = null) : ColumnEncoder
{
    private readonly int _prefix = prefix is null ? 0 : 1;

    public override void Measure(Column column, Span<int> sizes)
    {
        ReadOnlySpan<int> offsets = ((BinaryColumn)column).Offsets;
        Bitmap validity = column.Validity;
        bool hasNulls = column.HasNulls;
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] += hasNulls && !validity[i] ? LengthBytes : checked(LengthBytes + _prefix + offsets[i + 1] - offsets[i]);
        }
    }

    public override void Write(Column column, Span<byte> target, Span<int> places)
    {
        var values = (BinaryColumn)column;
        ReadOnlySpan<int> offsets = values.Offsets;
        ReadOnlySpan<byte> data = values.Data;
        Bitmap validity = column.Validity;
        bool hasNulls = column.HasNulls;
        for (int i = 0; i < places.Length; i++)
        {
            if (hasNulls && !validity[i])
            {
                WriteNull(target, ref places[i]);
                continue;
            }

            int length = offsets[i + 1] - offsets[i];
            Span<byte> slot = target.Slice(places[i], LengthBytes + _prefix + length);
            BinaryPrimitives.WriteInt32BigEndian(slot, _prefix + length);
            if (prefix is { } first)
            {
                slot[LengthBytes] = first;
            }

            data.Slice(offsets[i], length).CopyTo(slot[(LengthBytes + _prefix)..]);
            places[i] += slot.Length;
        }
    }
}

/// <summary>Byte strings of one length, such as identifiers.</summary>
internal sealed class FixedBytesEncoder : ColumnEncoder
{
    public override void Measure(Column column, Span<int> sizes)
    {
        int width = column.Type.ByteWidth;
        Bitmap validity = column.Validity;
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] += validity[i] ? LengthBytes + width : LengthBytes;
        }
    }

    public override void Write(Column column, Span<byte> target, Span<int> places)
    {
        var values = (FixedBinaryColumn)column;
        int width = column.Type.ByteWidth;
        Bitmap validity = column.Validity;
        for (int i = 0; i < places.Length; i++)
        {
            if (!validity[i])
            {
                WriteNull(target, ref places[i]);
                continue;
            }

            BinaryPrimitives.WriteInt32BigEndian(target[places[i]..], width);
            values[i].CopyTo(target[(places[i] + LengthBytes)..]);
            places[i] += LengthBytes + width;
        }
    }
}

/// <summary>Decimals as groups of four digits; see <see cref="Numeric"/>.</summary>
internal sealed class NumericEncoder : ColumnEncoder
{
    private byte[] _values = [];
    private int[] _ends = [];

    public override void Measure(Column column, Span<int> sizes)
    {
        ReadOnlySpan<Int128> values = ((FixedColumn<Int128>)column).Values;
        Bitmap validity = column.Validity;
        int scale = column.Type.Scale;
        if (_ends.Length < sizes.Length)
        {
            _ends = new int[sizes.Length];
            _values = new byte[sizes.Length * Numeric.MaxEncoded];
        }

        int end = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            int start = end;
            if (validity[i])
            {
                end += Numeric.Encode(values[i], scale, _values.AsSpan(end));
            }

            _ends[i] = end;
            sizes[i] += LengthBytes + end - start;
        }
    }

    public override void Write(Column column, Span<byte> target, Span<int> places)
    {
        Bitmap validity = column.Validity;
        int start = 0;
        for (int i = 0; i < places.Length; i++)
        {
            if (!validity[i])
            {
                WriteNull(target, ref places[i]);
                continue;
            }

            int length = _ends[i] - start;
            BinaryPrimitives.WriteInt32BigEndian(target[places[i]..], length);
            _values.AsSpan(start, length).CopyTo(target[(places[i] + LengthBytes)..]);
            places[i] += LengthBytes + length;
            start = _ends[i];
        }
    }
}
