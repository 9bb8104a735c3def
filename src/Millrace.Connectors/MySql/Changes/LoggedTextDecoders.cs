using System.Net;
using System.Numerics;
using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Texts of a character set that is not UTF-8.</summary>
internal sealed class EncodedDecoder(DataType type, Encoding encoding, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(type, capacity);
    private char[] _text = new char[256];

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            int most = encoding.GetMaxCharCount(run.Lengths[i]);
            if (_text.Length < most)
            {
                _text = new char[most];
            }

            ReadOnlySpan<char> text = _text.AsSpan(0, encoding.GetChars(run[i], _text));
            _builder.Commit(Encoding.UTF8.GetBytes(text, _builder.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        }
    }
}

/// <summary>Bytes of one length, whose zeros at the end are not in the log.</summary>
internal sealed class PaddedDecoder(int width, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(DataType.Binary, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            int length = Math.Max(width, run.Lengths[i]);
            Span<byte> value = _builder.GetSpan(length)[..length];
            run[i].CopyTo(value);
            value[run.Lengths[i]..].Clear();
            _builder.Commit(length);
        }
    }
}

/// <summary>Geometries, before whose WKB stands the number of their reference system.</summary>
internal sealed class GeometryDecoder(int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(DataType.Binary, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.Lengths[i] >= sizeof(uint))
            {
                _builder.Append(run[i][sizeof(uint)..]);
                continue;
            }

            _builder.AppendNull();
            if (!run.IsNull(i))
            {
                bad.Add(i, Convert.ToHexString(run[i]), "is no geometry");
            }
        }
    }
}

/// <summary>One of the values that a column can have, by its number from 1; 0 is the empty one that stands for a mistake.</summary>
internal sealed class EnumDecoder(byte[][] labels, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(DataType.Utf8, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            ReadOnlySpan<byte> value = run[i];
            int number = value.Length == 1 ? value[0] : value[0] | (value[1] << 8);
            if (number <= labels.Length)
            {
                _builder.Append(number == 0 ? default : labels[number - 1].AsSpan());
                continue;
            }

            _builder.AppendNull();
            bad.Add(i, number.ToString(System.Globalization.CultureInfo.InvariantCulture), "is the number of none of the column's values");
        }
    }
}

/// <summary>Some of the values that a column can have, a bit for each.</summary>
internal sealed class SetDecoder(byte[][] labels, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(DataType.Utf8, capacity);
    private readonly int _longest = labels.Sum(l => l.Length + 1);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            ulong bits = 0;
            for (int b = run.Lengths[i] - 1; b >= 0; b--)
            {
                bits = (bits << 8) | run[i][b];
            }

            if (bits != 0 && BitOperations.Log2(bits) >= labels.Length)
            {
                _builder.AppendNull();
                bad.Add(i, bits.ToString(System.Globalization.CultureInfo.InvariantCulture), "is of none of the column's values");
                continue;
            }

            Append(bits);
        }
    }

    private void Append(ulong bits)
    {
        Span<byte> text = _builder.GetSpan(_longest);
        int length = 0;
        for (; bits != 0; bits &= bits - 1)
        {
            if (length > 0)
            {
                text[length++] = (byte)',';
            }

            byte[] label = labels[BitOperations.TrailingZeroCount(bits)];
            label.CopyTo(text[length..]);
            length += label.Length;
        }

        _builder.Commit(length);
    }
}

/// <summary>Addresses of the internet, as the server writes them.</summary>
internal sealed class AddressDecoder(int width, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(DataType.Utf8, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        Span<byte> value = stackalloc byte[16];
        for (int i = 0; i < run.Count; i++)
        {
            if (run.Lengths[i] < 0 || run.Lengths[i] > width)
            {
                _builder.AppendNull();
                continue;
            }

            value.Clear();
            run[i].CopyTo(value);
            _builder.Append(new IPAddress(value[..width]).ToString());
        }
    }
}

/// <summary>Identifiers, whose zeros at the end are not in the log.</summary>
internal sealed class StoredUuidDecoder(int capacity) : ColumnDecoder
{
    private const int Width = 16;

    private readonly FixedBinaryBuilder _builder = new(DataType.Uuid, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        Span<byte> value = stackalloc byte[Width];
        for (int i = 0; i < run.Count; i++)
        {
            if (run.Lengths[i] is < 0 or > Width)
            {
                _builder.AppendNull();
                continue;
            }

            value.Clear();
            run[i].CopyTo(value);
            _builder.Append(value);
        }
    }
}
