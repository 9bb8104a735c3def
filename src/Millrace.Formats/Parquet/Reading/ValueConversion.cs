using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>From values as they are stored to values as columns hold them, where the two differ.</summary>
internal abstract unsafe class ValueConversion
{
    /// <summary>The conversion of a leaf of fixed size; null if the values are already what the column wants.</summary>
    public static ValueConversion? Find(SchemaLeaf leaf) => (leaf.Physical, leaf.Type.Id) switch
    {
        (PhysicalType.Int32, TypeId.Int8 or TypeId.UInt8) => new Int32ToByte(),
        (PhysicalType.Int32, TypeId.Int16 or TypeId.UInt16) => new Int32ToInt16(),
        (PhysicalType.Int32, TypeId.Time) => new Int32ToInt64(),
        (PhysicalType.Int32, TypeId.Decimal) => new Int32ToInt128(),
        (PhysicalType.Int64, TypeId.Decimal) => new Int64ToInt128(),
        (PhysicalType.Int96, _) => new Int96ToMicroseconds(),
        (PhysicalType.FixedLenByteArray, TypeId.Decimal) => new BytesToInt128(leaf.Width),
        (PhysicalType.FixedLenByteArray, TypeId.Float32) => new HalfToSingle(),
        (PhysicalType.FixedLenByteArray, TypeId.Interval) => new BytesToInterval(),
        _ => null,
    };

    /// <summary>Converts values; the two places do not overlap.</summary>
    public abstract void Convert(byte* source, byte* target, int count);

    private sealed class Int32ToByte : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                target[i] = (byte)((int*)source)[i];
            }
        }
    }

    private sealed class Int32ToInt16 : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                ((short*)target)[i] = (short)((int*)source)[i];
            }
        }
    }

    private sealed class Int32ToInt64 : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                ((long*)target)[i] = ((int*)source)[i];
            }
        }
    }

    private sealed class Int32ToInt128 : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                StoreInt128(target, i, ((int*)source)[i]);
            }
        }
    }

    private sealed class Int64ToInt128 : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                StoreInt128(target, i, ((long*)source)[i]);
            }
        }
    }

    private sealed class Int96ToMicroseconds : ValueConversion
    {
        private const int Width = 12;

        // Julian day number of 1970-01-01.
        private const int EpochDay = 2_440_588;

        private const long MicrosecondsADay = 86_400_000_000;

        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                byte* value = source + ((long)i * Width);
                long days = (long)*(uint*)(value + sizeof(long)) - EpochDay;
                // The nanoseconds may be negative or exceed a day; the division rounds down.
                long nanoseconds = *(long*)value;
                long microseconds = (nanoseconds / 1000) - (nanoseconds % 1000 < 0 ? 1 : 0);
                ((long*)target)[i] = (days * MicrosecondsADay) + microseconds;
            }
        }
    }

    private sealed class BytesToInt128(int width) : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                ((Int128*)target)[i] = BigEndian.ReadInt128(new ReadOnlySpan<byte>(source + ((long)i * width), width));
            }
        }
    }

    private sealed class HalfToSingle : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                ((float*)target)[i] = (float)((Half*)source)[i];
            }
        }
    }

    private sealed class BytesToInterval : ValueConversion
    {
        private const int Width = 12;

        public override void Convert(byte* source, byte* target, int count)
        {
            for (int i = 0; i < count; i++)
            {
                // Months, days and milliseconds, without sign.
                var parts = (uint*)(source + ((long)i * Width));
                ((Interval*)target)[i] = new Interval((int)parts[0], (int)parts[1], parts[2] * 1_000_000L);
            }
        }
    }

    // A 128-bit number is its low half and, above it, the sign 64 times.
    private static void StoreInt128(byte* target, int index, long value)
    {
        long* halves = (long*)target + (2L * index);
        halves[0] = value;
        halves[1] = value >> 63;
    }
}
