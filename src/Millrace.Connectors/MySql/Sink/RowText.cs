using System.Buffers;
using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>The rows of a batch as text: lines of LOAD DATA, or rows of VALUES.</summary>
internal sealed unsafe class RowText(TargetColumns columns) : IDisposable
{
    private readonly FieldEncoder[] _encoders = [.. columns.Sent.Select(c => c.Write.Encoder())];
    private readonly nint[] _bytes = new nint[columns.Sent.Count];
    private byte[] _data = [];
    private int[] _ends = [];

    /// <summary>The text of some rows.</summary>
    public ReadOnlyMemory<byte> this[int first, int end] => _data.AsMemory((first == 0 ? 0 : _ends[first - 1])..(end == 0 ? 0 : _ends[end - 1]));

    /// <summary>Makes lines: values end in tabs, rows in line feeds, and NULL is <c>\N</c>.</summary>
    public void EncodeLines(RecordBatch batch)
    {
        Encode(batch, Escape.Line);
        int fields = _encoders.Length;
        Span<byte> target = Rent(batch.Length, (long)batch.Length * fields * 2);
        int at = 0;
        for (int row = 0; row < batch.Length; row++)
        {
            for (int c = 0; c < fields; c++)
            {
                FieldEncoder encoder = _encoders[c];
                int length = encoder.Lengths[row];
                if (length >= 0)
                {
                    new ReadOnlySpan<byte>((byte*)_bytes[c] + encoder.Starts[row], length).CopyTo(target[at..]);
                    at += length;
                }
                else
                {
                    target[at++] = (byte)'\\';
                    target[at++] = (byte)'N';
                }

                target[at++] = c == fields - 1 ? (byte)'\n' : (byte)'\t';
            }

            _ends[row] = at;
        }
    }

    /// <summary>Makes rows in brackets, each behind a comma.</summary>
    public void EncodeValues(RecordBatch batch)
    {
        Encode(batch, Escape.Quote);
        const int around = 8;
        int fields = _encoders.Length;
        byte[][] before = [.. columns.Sent.Select(c => System.Text.Encoding.ASCII.GetBytes(c.Write.Before))];
        byte[][] behind = [.. columns.Sent.Select(c => System.Text.Encoding.ASCII.GetBytes(c.Write.Behind))];
        Span<byte> target = Rent(batch.Length, (long)batch.Length * (fields + 1) * (around + before.Max(b => b.Length) + behind.Max(b => b.Length)));
        int at = 0;
        for (int row = 0; row < batch.Length; row++)
        {
            target[at++] = (byte)',';
            for (int c = 0; c < fields; c++)
            {
                FieldEncoder encoder = _encoders[c];
                int length = encoder.Lengths[row];
                target[at++] = c == 0 ? (byte)'(' : (byte)',';
                if (length < 0)
                {
                    "NULL"u8.CopyTo(target[at..]);
                    at += 4;
                    continue;
                }

                before[c].CopyTo(target[at..]);
                at += before[c].Length;
                target[at++] = (byte)'\'';
                new ReadOnlySpan<byte>((byte*)_bytes[c] + encoder.Starts[row], length).CopyTo(target[at..]);
                at += length;
                target[at++] = (byte)'\'';
                behind[c].CopyTo(target[at..]);
                at += behind[c].Length;
            }

            target[at++] = (byte)')';
            _ends[row] = at;
        }
    }

    public void Dispose()
    {
        foreach (FieldEncoder encoder in _encoders)
        {
            encoder.Dispose();
        }

        if (_data.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_data);
            _data = [];
        }
    }

    private void Encode(RecordBatch batch, Escape escape)
    {
        for (int c = 0; c < _encoders.Length; c++)
        {
            _encoders[c].Encode(batch[c], escape);
            _bytes[c] = (nint)_encoders[c].DataOf(batch[c]);
        }
    }

    private Span<byte> Rent(int rows, long around)
    {
        long bytes = around;
        foreach (FieldEncoder encoder in _encoders)
        {
            foreach (int length in encoder.Lengths.AsSpan(0, rows))
            {
                bytes += Math.Max(length, 0);
            }
        }

        if (_data.Length < bytes)
        {
            if (_data.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_data);
            }

            _data = [];
            _data = ArrayPool<byte>.Shared.Rent(checked((int)bytes));
        }

        if (_ends.Length < rows)
        {
            _ends = new int[rows];
        }

        return _data;
    }
}
