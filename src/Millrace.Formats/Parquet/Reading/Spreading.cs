using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Moves values that lie without gaps to the slots whose validity is one, from the last to the first.</summary>
internal static unsafe class Spreading
{
    public static void Spread(byte* target, int width, int values, int slots, byte* validity, int start)
    {
        switch (width)
        {
            case 1:
                Spread((byte*)target, values, slots, validity, start);
                break;
            case 2:
                Spread((short*)target, values, slots, validity, start);
                break;
            case 4:
                Spread((int*)target, values, slots, validity, start);
                break;
            case 8:
                Spread((long*)target, values, slots, validity, start);
                break;
            case 16:
                Spread((Int128*)target, values, slots, validity, start);
                break;
            default:
                SpreadBytes(target, width, values, slots, validity, start);
                break;
        }
    }

    // Every slot is written, a null one with the value before it: no branch depends on the data.
    private static void Spread<T>(T* target, int values, int slots, byte* validity, int start)
        where T : unmanaged
    {
        int value = values - 1;
        for (int slot = slots - 1; slot > value && value >= 0; slot--)
        {
            target[slot] = target[value];
            value -= (validity[(start + slot) >> 3] >> ((start + slot) & 7)) & 1;
        }
    }

    private static void SpreadBytes(byte* target, int width, int values, int slots, byte* validity, int start)
    {
        int value = values - 1;
        for (int slot = slots - 1; slot > value && value >= 0; slot--)
        {
            if (Bits.Get(validity, start + slot))
            {
                Buffer.MemoryCopy(target + ((long)value * width), target + ((long)slot * width), width, width);
                value--;
            }
        }
    }
}
