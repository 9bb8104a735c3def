using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Booleans, kept as bytes of 0 or 1 until the page ends.</summary>
internal sealed unsafe class BooleanValueWriter(bool bounds, ParquetEncoding encoding) : ValueWriter
{
    private readonly ByteBuffer _values = new();

    public override int PageValues => _values.Length;

    public override long PageBytes => _values.Length;

    public override void Append(Column column, RowSelection rows)
    {
        Bitmap bits = ((BooleanColumn)column).Values;
        byte* target = _values.Reserve(rows.Count);
        int* row = rows.Rows;
        for (int i = 0; i < rows.Count; i++)
        {
            target[i] = bits[row == null ? rows.Start + i : row[i]] ? (byte)1 : (byte)0;
        }

        _values.Advance(rows.Count);
    }

    public override ParquetEncoding EncodePage(ByteBuffer target)
    {
        if (encoding == ParquetEncoding.Rle)
        {
            int length = target.Length;
            target.AppendInt32(0);
            RleHybridEncoder.Encode(_values.Pointer, _values.Length, 1, target);
            target.PutInt32(length, target.Length - length - sizeof(int));
        }
        else
        {
            Pack(target);
        }

        _values.Truncate();
        return encoding;
    }

    public override Bounds? TakeBounds()
    {
        if (!bounds || _values.Length == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> values = _values.Written;
        return new Bounds([values.Contains((byte)0) ? (byte)0 : (byte)1], [values.Contains((byte)1) ? (byte)1 : (byte)0]);
    }

    public override int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a[0].CompareTo(b[0]);

    public override void Dispose() => _values.Dispose();

    private void Pack(ByteBuffer target)
    {
        int count = _values.Length;
        // Zeros fill the last byte up.
        new Span<byte>(_values.Reserve(8), 8).Clear();
        byte* packed = target.Reserve(Bits.ByteCount(count) + BitPackEncoder.Slack);
        for (int i = 0; i < count; i += 8)
        {
            BitPackEncoder.Pack8(_values.Pointer + i, 1, packed + (i >> 3));
        }

        target.Advance(Bits.ByteCount(count));
    }
}
