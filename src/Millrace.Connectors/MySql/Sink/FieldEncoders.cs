using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>Numbers, dates and times by their text form, in which nothing needs an escape.</summary>
internal sealed class FormattedEncoder<T, TForm>(TForm form) : FieldEncoder
    where T : unmanaged
    where TForm : struct, IValueFormatter<T>
{
    public override unsafe byte* DataOf(Column column) => Own;

    public override void Encode(Column column, Escape escape)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values;
        Bitmap validity = column.Validity;
        bool hasNulls = column.HasNulls;
        Begin(values.Length);
        Span<byte> data = Rent((long)values.Length * form.MaxLength);
        int at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            Starts[i] = at;
            if (hasNulls && !validity[i])
            {
                Lengths[i] = -1;
                continue;
            }

            int length = form.Format(values[i], data[at..]);
            Lengths[i] = length;
            at += length;
        }
    }
}

/// <summary>Makes a <see cref="FormattedEncoder{T, TForm}"/> for the text form of a type.</summary>
internal readonly struct FormattedEncoders : ITextFormVisitor<FieldEncoder>
{
    public static FieldEncoder For(DataType type) => TextForms.Dispatch<FormattedEncoders, FieldEncoder>(type, default, (byte)' ');

    public FieldEncoder Visit<T, TForm>(TForm form)
        where T : unmanaged
        where TForm : struct, ITextForm<T> => new FormattedEncoder<T, TForm>(form);
}

/// <summary>A float as the double that it is equal to: its own shortest digits may be beyond the largest float.</summary>
internal readonly struct SingleAsDouble : IValueFormatter<float>
{
    public int MaxLength => FloatText.MaxLength;

    public int Format(float value, Span<byte> target) => FloatText.Format((double)value, target);
}

/// <summary>A year with four digits: fewer are one of this century to the server.</summary>
internal readonly struct YearText : IValueFormatter<short>
{
    public int MaxLength => IntegerText.MaxLength;

    public int Format(short value, Span<byte> target)
    {
        if (value is < 0 or > 999)
        {
            return IntegerText.Format(value, target);
        }

        "0000"u8.CopyTo(target);
        int digits = IntegerText.Format(value, target[4..]);
        target.Slice(4, digits).CopyTo(target[(4 - digits)..]);
        return 4;
    }
}

/// <summary>Moments without zone, whatever their column's type says: the session's zone is UTC.</summary>
internal readonly struct PlainMoment : IValueFormatter<long>
{
    public int MaxLength => TimestampText.MaxLength;

    public int Format(long value, Span<byte> target) => TimestampText.Format(value, TimeUnit.Microsecond, instant: false, target, (byte)' ');
}

/// <summary>0 and 1.</summary>
internal sealed class BooleanEncoder : FieldEncoder
{
    // The literal lies in the program's image, which does not move.
    public override unsafe byte* DataOf(Column column) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("01"u8));

    public override void Encode(Column column, Escape escape)
    {
        Bitmap values = ((BooleanColumn)column).Values;
        Bitmap validity = column.Validity;
        Begin(column.Length);
        for (int i = 0; i < column.Length; i++)
        {
            Starts[i] = values[i] ? 1 : 0;
            Lengths[i] = validity[i] ? 1 : -1;
        }
    }
}

/// <summary>Texts. Where nothing needs an escape the column's own bytes are sent.</summary>
internal sealed class TextEncoder : FieldEncoder
{
    private static readonly SearchValues<byte> InLine = SearchValues.Create("\t\n\\"u8);
    private static readonly SearchValues<byte> InQuotes = SearchValues.Create("'\\"u8);

    private bool _isEscaped;

    public override unsafe byte* DataOf(Column column)
        => _isEscaped ? Own : (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(((BinaryColumn)column).Data));

    public override void Encode(Column column, Escape escape)
    {
        var texts = (BinaryColumn)column;
        ReadOnlySpan<int> offsets = texts.Offsets;
        ReadOnlySpan<byte> source = texts.Data;
        Bitmap validity = column.Validity;
        bool hasNulls = column.HasNulls;
        int rows = column.Length;
        Begin(rows);
        SearchValues<byte> special = escape == Escape.Line ? InLine : InQuotes;
        ReadOnlySpan<byte> used = source[offsets[0]..offsets[rows]];
        _isEscaped = used.IndexOfAny(special) >= 0;
        Span<byte> target = _isEscaped ? Rent(used.Length * 2L) : default;
        int at = 0;
        for (int i = 0; i < rows; i++)
        {
            if (hasNulls && !validity[i])
            {
                (Starts[i], Lengths[i]) = (at, -1);
            }
            else if (_isEscaped)
            {
                int length = Write(source[offsets[i]..offsets[i + 1]], special, target[at..]);
                (Starts[i], Lengths[i]) = (at, length);
                at += length;
            }
            else
            {
                (Starts[i], Lengths[i]) = (offsets[i], offsets[i + 1] - offsets[i]);
            }
        }
    }

    private static int Write(ReadOnlySpan<byte> text, SearchValues<byte> special, Span<byte> target)
    {
        int at = 0;
        while (true)
        {
            int next = text.IndexOfAny(special);
            ReadOnlySpan<byte> plain = next < 0 ? text : text[..next];
            plain.CopyTo(target[at..]);
            at += plain.Length;
            if (next < 0)
            {
                return at;
            }

            target[at++] = (byte)'\\';
            target[at++] = text[next] switch { (byte)'\t' => (byte)'t', (byte)'\n' => (byte)'n', var other => other };
            text = text[(next + 1)..];
        }
    }
}

/// <summary>Bytes as hex digits, which the server turns back: its text of another character set could not hold them.</summary>
internal sealed class HexEncoder : FieldEncoder
{
    public override unsafe byte* DataOf(Column column) => Own;

    public override void Encode(Column column, Escape escape)
    {
        var bytes = (BinaryColumn)column;
        ReadOnlySpan<int> offsets = bytes.Offsets;
        ReadOnlySpan<byte> source = bytes.Data;
        Bitmap validity = column.Validity;
        int rows = column.Length;
        Begin(rows);
        Span<byte> target = Rent((offsets[rows] - (long)offsets[0]) * 2);
        int at = 0;
        for (int i = 0; i < rows; i++)
        {
            Starts[i] = at;
            if (!validity[i])
            {
                Lengths[i] = -1;
                continue;
            }

            foreach (byte b in source[offsets[i]..offsets[i + 1]])
            {
                target[at++] = "0123456789ABCDEF"u8[b >> 4];
                target[at++] = "0123456789ABCDEF"u8[b & 15];
            }

            Lengths[i] = at - Starts[i];
        }
    }
}

/// <summary>Identifiers in their usual form.</summary>
internal sealed class UuidEncoder : FieldEncoder
{
    public override unsafe byte* DataOf(Column column) => Own;

    public override void Encode(Column column, Escape escape)
    {
        ReadOnlySpan<byte> source = ((FixedBinaryColumn)column).Bytes;
        Bitmap validity = column.Validity;
        Begin(column.Length);
        Span<byte> target = Rent((long)column.Length * UuidText.Length);
        for (int i = 0; i < column.Length; i++)
        {
            Starts[i] = i * UuidText.Length;
            Lengths[i] = validity[i] ? UuidText.Format(source.Slice(i * 16, 16), target[Starts[i]..]) : -1;
        }
    }
}

/// <summary>Intervals as the server's TIME, <c>-838:59:59.000000</c>; days count 24 hours, and months are not taken.</summary>
internal readonly struct DurationText : IValueFormatter<Interval>
{
    public int MaxLength => 40;

    public int Format(Interval value, Span<byte> target)
    {
        Int128 micros = Microseconds(value);
        int at = 0;
        if (micros < 0)
        {
            target[at++] = (byte)'-';
            micros = -micros;
        }

        (Int128 seconds, Int128 fraction) = Int128.DivRem(micros, 1_000_000);
        at += IntegerText.Format((long)(seconds / 3600), target[at..]);
        at += Two((int)(seconds / 60 % 60), target[at..], (byte)':');
        at += Two((int)(seconds % 60), target[at..], (byte)':');
        target[at++] = (byte)'.';
        for (int digit = 100_000; digit > 0; digit /= 10)
        {
            target[at++] = (byte)('0' + (int)(fraction / digit % 10));
        }

        return at;
    }

    /// <summary>The length of an interval without months.</summary>
    public static Int128 Microseconds(Interval value) => ((Int128)value.Days * ClockText.MicrosecondsPerDay) + (value.Nanoseconds / 1000);

    private static int Two(int value, Span<byte> target, byte separator)
    {
        target[0] = separator;
        target[1] = (byte)('0' + (value / 10));
        target[2] = (byte)('0' + (value % 10));
        return 3;
    }
}
