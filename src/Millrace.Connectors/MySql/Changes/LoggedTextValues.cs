using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Texts of a character set that is not UTF-8.</summary>
internal struct EncodedValue(Encoding encoding) : ILoggedValue<BinaryBuilder>
{
    private char[] _text = new char[256];

    public bool TryAppend(ReadOnlySpan<byte> value, BinaryBuilder builder, int row, BadValues bad)
    {
        int most = encoding.GetMaxCharCount(value.Length);
        if (_text.Length < most)
        {
            _text = new char[most];
        }

        ReadOnlySpan<char> text = _text.AsSpan(0, encoding.GetChars(value, _text));
        builder.Commit(Encoding.UTF8.GetBytes(text, builder.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
        return true;
    }
}

/// <summary>Bytes of one length, whose zeros at the end are not in the log.</summary>
internal readonly struct PaddedValue(int width) : ILoggedValue<BinaryBuilder>
{
    public bool TryAppend(ReadOnlySpan<byte> value, BinaryBuilder builder, int row, BadValues bad)
    {
        int length = Math.Max(width, value.Length);
        Span<byte> whole = builder.GetSpan(length)[..length];
        value.CopyTo(whole);
        whole[value.Length..].Clear();
        builder.Commit(length);
        return true;
    }
}

/// <summary>Geometries, before whose WKB stands the number of their reference system.</summary>
internal readonly struct GeometryValue : ILoggedValue<BinaryBuilder>
{
    public bool TryAppend(ReadOnlySpan<byte> value, BinaryBuilder builder, int row, BadValues bad)
    {
        if (value.Length >= sizeof(uint))
        {
            builder.Append(value[sizeof(uint)..]);
            return true;
        }

        bad.Add(row, Convert.ToHexString(value), "is no geometry");
        return false;
    }
}

/// <summary>One of the values that a column can have, by its number from 1; 0 is the empty one that stands for a mistake.</summary>
internal readonly struct EnumValue(byte[][] labels) : ILoggedValue<BinaryBuilder>
{
    public bool TryAppend(ReadOnlySpan<byte> value, BinaryBuilder builder, int row, BadValues bad)
    {
        int number = value.Length == 1 ? value[0] : value[0] | (value[1] << 8);
        if (number <= labels.Length)
        {
            builder.Append(number == 0 ? default : labels[number - 1].AsSpan());
            return true;
        }

        bad.Add(row, number.ToString(CultureInfo.InvariantCulture), "is the number of none of the column's values");
        return false;
    }
}

/// <summary>Some of the values that a column can have, a bit for each.</summary>
internal readonly struct SetValue(byte[][] labels) : ILoggedValue<BinaryBuilder>
{
    private readonly int _longest = labels.Sum(l => l.Length + 1);

    public bool TryAppend(ReadOnlySpan<byte> value, BinaryBuilder builder, int row, BadValues bad)
    {
        ulong bits = 0;
        for (int b = value.Length - 1; b >= 0; b--)
        {
            bits = (bits << 8) | value[b];
        }

        if (bits != 0 && BitOperations.Log2(bits) >= labels.Length)
        {
            bad.Add(row, bits.ToString(CultureInfo.InvariantCulture), "is of none of the column's values");
            return false;
        }

        Append(bits, builder);
        return true;
    }

    private void Append(ulong bits, BinaryBuilder builder)
    {
        Span<byte> text = builder.GetSpan(_longest);
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

        builder.Commit(length);
    }
}

/// <summary>Addresses of the internet, as the server writes them; zeros at their end are not in the log.</summary>
internal readonly struct AddressValue(int width) : ILoggedValue<BinaryBuilder>
{
    private const int Longest = 16;

    public bool TryAppend(ReadOnlySpan<byte> value, BinaryBuilder builder, int row, BadValues bad)
    {
        if (value.Length > width)
        {
            return false;
        }

        Span<byte> whole = stackalloc byte[Longest];
        whole.Clear();
        value.CopyTo(whole);
        builder.Append(new IPAddress(whole[..width]).ToString());
        return true;
    }
}

/// <summary>Identifiers, whose zeros at the end are not in the log.</summary>
internal readonly struct StoredUuidValue : ILoggedValue<FixedBinaryBuilder>
{
    private const int Width = 16;

    public bool TryAppend(ReadOnlySpan<byte> value, FixedBinaryBuilder builder, int row, BadValues bad)
    {
        if (value.Length > Width)
        {
            return false;
        }

        Span<byte> whole = stackalloc byte[Width];
        whole.Clear();
        value.CopyTo(whole);
        builder.Append(whole);
        return true;
    }
}
