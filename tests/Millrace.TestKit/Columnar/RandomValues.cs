using System.Globalization;
using System.Text;

namespace Millrace.TestKit;

/// <summary>Appends random rows to a builder of any type.</summary>
internal sealed class RandomValues(Random random, RandomOptions options)
{
    private static readonly string[] TextParts = ["a", "Z", "7", " ", ",", "\"", "'", "\\", "\n", "\r\n", "\t", "é", "ß", "中", "文", "😀", "\u200B", "\u0001", "null", ";"];
    private static readonly string[] JsonValues = ["null", "true", "0", "-1.5e3", "\"\"", "\"a\\\"b\\u00e9\"", "[]", "{}", "[1,[2,{\"a\":null}]]", "{\"k\":\"v\",\"n\":{\"m\":[true]}}"];

    public Random Random => random;

    public void Append(ColumnBuilder builder, int rows, bool nullable)
    {
        int start = builder.Length;
        switch (builder)
        {
            case StructBuilder structs:
                for (int i = 0; i < structs.Fields.Count; i++)
                {
                    Append(structs.Fields[i], rows, structs.Type.Children[i].Nullable);
                }

                structs.AppendRows(rows);
                break;
            case ListBuilder lists:
                AppendLists(lists, rows);
                break;
            case DictionaryBuilder dictionary:
                AppendDictionary(dictionary, rows);
                break;
            default:
                for (int i = 0; i < rows; i++)
                {
                    AppendScalar(builder);
                }

                break;
        }

        for (int i = 0; nullable && i < rows; i++)
        {
            if (random.NextDouble() < options.NullDensity)
            {
                builder.SetNull(start + i);
            }
        }
    }

    private void AppendLists(ListBuilder lists, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            int items = random.Next(options.MaxItems + 1);
            if (lists.Type.Id == TypeId.Map)
            {
                var entries = (StructBuilder)lists.Items;
                AppendDistinctKeys(entries.Fields[0], items);
                Append(entries.Fields[1], items, lists.Type.Children[1].Nullable);
                entries.AppendRows(items);
            }
            else
            {
                Append(lists.Items, items, lists.Type.Element.Nullable);
            }

            lists.AppendRow();
        }
    }

    private void AppendDistinctKeys(ColumnBuilder keys, int count)
    {
        for (int i = 0; i < count; i++)
        {
            switch (keys)
            {
                case BinaryBuilder text:
                    text.Append(string.Create(CultureInfo.InvariantCulture, $"{Text()}{i}"));
                    break;
                case FixedBuilder<int> numbers:
                    numbers.Append((random.Next() & ~0xFF) + i);
                    break;
                default:
                    throw new ArgumentException($"Random maps have keys of text or integer, not {keys.Type}.");
            }
        }
    }

    private void AppendDictionary(DictionaryBuilder dictionary, int rows)
    {
        if (dictionary.Dictionary.Length == 0)
        {
            Append(dictionary.Dictionary, random.Next(1, 9), nullable: false);
        }

        for (int i = 0; i < rows; i++)
        {
            dictionary.Append(random.Next(dictionary.Dictionary.Length));
        }
    }

    private void AppendScalar(ColumnBuilder builder)
    {
        switch (builder)
        {
            case BooleanBuilder b: b.Append(random.Next(2) == 1); break;
            case FixedBuilder<sbyte> b: b.Append((sbyte)Whole(sbyte.MinValue, sbyte.MaxValue)); break;
            case FixedBuilder<short> b: b.Append((short)Whole(short.MinValue, short.MaxValue)); break;
            case FixedBuilder<byte> b: b.Append((byte)Whole(0, byte.MaxValue)); break;
            case FixedBuilder<ushort> b: b.Append((ushort)Whole(0, ushort.MaxValue)); break;
            case FixedBuilder<uint> b: b.Append((uint)Whole(0, uint.MaxValue)); break;
            case FixedBuilder<ulong> b: b.Append(Edge() ? ulong.MaxValue : (ulong)Whole(0, long.MaxValue)); break;
            case FixedBuilder<int> b: b.Append(builder.Type.Id == TypeId.Date ? Date() : (int)Whole(int.MinValue, int.MaxValue)); break;
            case FixedBuilder<long> b: b.Append(Long(builder.Type)); break;
            case FixedBuilder<float> b: b.Append((float)Real(float.MinValue, float.MaxValue, float.Epsilon)); break;
            case FixedBuilder<double> b: b.Append(Real(double.MinValue, double.MaxValue, double.Epsilon)); break;
            case FixedBuilder<Int128> b: b.Append(Decimal(builder.Type.Precision)); break;
            case FixedBuilder<Interval> b: b.Append(new Interval((int)Whole(-1200, 1200), (int)Whole(-400, 400), Whole(-86_400_000_000_000, 86_400_000_000_000))); break;
            case FixedBinaryBuilder b: random.NextBytes(b.AppendUninitialized(1)); break;
            case BinaryBuilder b: b.Append(Bytes(builder.Type.Id)); break;
            default: throw new ArgumentException($"No random values for {builder.Type}.");
        }
    }

    private bool Edge() => random.NextDouble() < options.EdgeDensity;

    private long Whole(long min, long max)
    {
        if (Edge())
        {
            return random.Next(4) switch { 0 => min, 1 => max, 2 => 0, _ => min + 1 };
        }

        // Small numbers are as frequent as large ones, so that every length in digits occurs.
        long value = random.NextInt64(min, max) >> random.Next(64);
        return Math.Clamp(value, min, max);
    }

    private int Date()
    {
        int first = new DateOnly(1, 1, 1).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        int last = new DateOnly(9999, 12, 31).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        return Edge() ? (random.Next(2) == 0 ? first : last) : random.Next(5) == 0 ? random.Next(first, last + 1) : random.Next(-10_000, 30_000);
    }

    private long Long(DataType type) => type.Id switch
    {
        TypeId.Time => Edge() ? (random.Next(2) == 0 ? 0 : (86_400 * type.Unit.PerSecond()) - 1) : random.NextInt64(86_400 * type.Unit.PerSecond()),
        TypeId.Timestamp => Timestamp(type.Unit),
        _ => Whole(long.MinValue, long.MaxValue),
    };

    // Years 1 to 9999 as far as the unit reaches: nanoseconds span 1677 to 2262.
    private long Timestamp(TimeUnit unit)
    {
        if (unit == TimeUnit.Nanosecond)
        {
            return Edge() ? (random.Next(2) == 0 ? long.MinValue : long.MaxValue) : random.NextInt64(long.MinValue, long.MaxValue);
        }

        long first = -62_135_596_800 * unit.PerSecond();
        long last = (253_402_300_800 * unit.PerSecond()) - 1;
        return Edge() ? (random.Next(2) == 0 ? first : last) : random.NextInt64(random.Next(5) == 0 ? first : 0, random.Next(5) == 0 ? last : 4_000_000_000 * unit.PerSecond());
    }

    private double Real(double min, double max, double epsilon)
    {
        if (Edge())
        {
            return random.Next(options.NonFinite ? 8 : 4) switch
            {
                0 => 0.0,
                1 => min,
                2 => max,
                3 => epsilon,
                4 => double.NaN,
                5 => double.PositiveInfinity,
                6 => double.NegativeInfinity,
                _ => -0.0,
            };
        }

        return random.Next(3) switch
        {
            0 => random.Next(-1000, 1000) / 8.0,
            1 => (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30)),
            _ => random.NextDouble(),
        };
    }

    private Int128 Decimal(int precision)
    {
        int digits = Edge() ? precision : random.Next(precision + 1);
        Int128 value = 0;
        for (int i = 0; i < digits; i++)
        {
            value = (value * 10) + (digits == precision && Edge() ? 9 : random.Next(10));
        }

        return random.Next(2) == 0 ? value : -value;
    }

    private byte[] Bytes(TypeId id)
    {
        switch (id)
        {
            case TypeId.Json:
                return Encoding.UTF8.GetBytes(JsonValues[random.Next(JsonValues.Length)]);
            case TypeId.Utf8:
                return Encoding.UTF8.GetBytes(Text());
            default:
                var bytes = new byte[Edge() ? 0 : random.Next(options.MaxTextLength + 1)];
                random.NextBytes(bytes);
                return bytes;
        }
    }

    private string Text()
    {
        int length = Edge() ? 0 : random.Next(300) == 0 ? random.Next(1000, 5000) : random.Next(options.MaxTextLength + 1);
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append(options.PlainText || random.Next(2) == 0 ? ((char)random.Next('a', 'z' + 1)).ToString() : TextParts[random.Next(TextParts.Length)]);
        }

        return text.ToString();
    }
}
